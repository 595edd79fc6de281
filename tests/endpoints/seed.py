"""Fills an AWS endpoint with an estate to look at, and prints what it made as one JSON line.

    seed.py ENDPOINT [--services 30] [--clusters 3] [--account 123456789012] [--scaling ENDPOINT]

Only loopback addresses become targets: some servers really probe them. With --scaling, the scalable
targets go to that second endpoint, where the clusters and services have to exist too.
"""

import argparse
import json
import time
from functools import cached_property

import boto3
from botocore.config import Config

REGION = "us-east-1"
LOG_LINES = 12
NOUNS = (
    "orders billing web search cart catalog checkout inventory mailer images payments pricing "
    "profile queue ratings reports returns sessions shipping stock tax tokens tracking users "
    "vouchers warehouse webhooks wishlist worker zones"
).split()


class Account:
    """One account behind one endpoint: a client for each service, made when first asked for."""

    def __init__(self, endpoint, number):
        self.session = boto3.Session(
            aws_access_key_id=number, aws_secret_access_key="test", region_name=REGION
        )
        self.endpoint = endpoint

    def __getattr__(self, service):
        # No quiet retries: the first refusal is an error of the seed.
        client = self.session.client(
            service.replace("_", "-"),
            endpoint_url=self.endpoint,
            config=Config(retries={"max_attempts": 1}),
        )
        setattr(self, service, client)
        return client

    @cached_property
    def subnets(self):
        """Two subnets of the account's default network."""
        return [subnet["SubnetId"] for subnet in self.ec2.describe_subnets()["Subnets"][:2]]

    @cached_property
    def security_groups(self):
        """A security group of that network: moto wants one named."""
        return [self.ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]]


def service_names(count):
    return [NOUNS[i] if i < len(NOUNS) else f"{NOUNS[i % len(NOUNS)]}-{i}" for i in range(count)]


def spread(names, clusters):
    """Which cluster a service lives in: in turn, so that each cluster has some."""
    return [(name, clusters[i % len(clusters)]) for i, name in enumerate(names)]


def task_definition(account, name):
    answer = account.ecs.register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": name,
                "image": f"registry.example/{name}:1.0",
                "essential": True,
                "portMappings": [{"containerPort": 8080}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": f"/ecs/{name}",
                        "awslogs-region": REGION,
                        "awslogs-stream-prefix": "app",
                    },
                },
            }
        ],
    )
    return answer["taskDefinition"]["taskDefinitionArn"]


def ecs_service(account, name, cluster, target_group=None):
    balanced = {}
    if target_group:
        balanced["loadBalancers"] = [
            {"targetGroupArn": target_group, "containerName": name, "containerPort": 8080}
        ]
    answer = account.ecs.create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=task_definition(account, name),
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": account.subnets,
                "securityGroups": account.security_groups,
            }
        },
        **balanced,
    )
    return answer["service"]["serviceArn"]


def load_balancer(account, names):
    """One load balancer, and behind it a target group for each of the named services."""
    balancer = account.elbv2.create_load_balancer(
        Name="public-alb", Subnets=account.subnets, Type="application"
    )["LoadBalancers"][0]
    listener = None
    groups = {}
    for index, name in enumerate(names):
        group = account.elbv2.create_target_group(
            Name=f"{name}-tg", Protocol="HTTP", Port=8080, VpcId="vpc-1", TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        groups[name] = group
        account.elbv2.register_targets(
            TargetGroupArn=group,
            Targets=[{"Id": f"127.0.{index}.{host}", "Port": 8080} for host in (1, 2)],
        )
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        if listener is None:
            listener = account.elbv2.create_listener(
                LoadBalancerArn=balancer["LoadBalancerArn"],
                Protocol="HTTP",
                Port=80,
                DefaultActions=forward,
            )["Listeners"][0]["ListenerArn"]
        else:
            account.elbv2.create_rule(
                ListenerArn=listener,
                Priority=index,
                Conditions=[{"Field": "path-pattern", "Values": [f"/{name}/*"]}],
                Actions=forward,
            )
    return balancer["LoadBalancerArn"], groups


def databases(account):
    account.rds.create_db_instance(
        DBInstanceIdentifier="orders-db",
        DBInstanceClass="db.t3.medium",
        Engine="postgres",
        MasterUsername="owner",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
    )
    account.elasticache.create_cache_cluster(
        CacheClusterId="sessions-cache",
        CacheNodeType="cache.t3.small",
        Engine="redis",
        NumCacheNodes=1,
    )
    return ["orders-db"], ["sessions-cache"]


def metrics(account):
    """One value a minute for the last ten minutes: connections that climb, errors that come."""
    now = int(time.time()) // 60 * 60
    for minute in range(10):
        at = now - 60 * (9 - minute)
        account.cloudwatch.put_metric_data(
            Namespace="AWS/RDS",
            MetricData=[
                {
                    "MetricName": "DatabaseConnections",
                    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "orders-db"}],
                    "Timestamp": at,
                    "Value": 300 + 10 * minute,
                    "Unit": "Count",
                }
            ],
        )


def alarms(account):
    """One alarm in each state, and one composite."""
    states = {"connections-high": "ALARM", "latency-high": "OK", "errors-high": "INSUFFICIENT_DATA"}
    for name, state in states.items():
        account.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/RDS",
            MetricName="DatabaseConnections",
            Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "orders-db"}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=373,
            ComparisonOperator="GreaterThanThreshold",
        )
        account.cloudwatch.set_alarm_state(
            AlarmName=name, StateValue=state, StateReason="set by the seed"
        )
    account.cloudwatch.put_composite_alarm(
        AlarmName="orders-in-trouble", AlarmRule='ALARM("connections-high")'
    )
    return list(states) + ["orders-in-trouble"]


def log_group(account, name):
    group, stream = f"/ecs/{name}", f"app/{name}/0123456789abcdef"
    account.logs.create_log_group(logGroupName=group)
    account.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    account.logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[
            {
                "timestamp": now - 1000 * (LOG_LINES - line),
                "message": f"ERROR pool timeout, request {line}"
                if line % 4 == 3
                else f"INFO  {name} served request {line}",
            }
            for line in range(LOG_LINES)
        ],
    )
    return group


def scalable_targets(account, placed):
    """Every third service can scale. The endpoint knows no service yet, so they are made there too."""
    for cluster in sorted({cluster for _, cluster in placed}):
        account.ecs.create_cluster(clusterName=cluster)
    targets = []
    for name, cluster in placed[::3]:
        ecs_service(account, name, cluster)
        resource = f"service/{cluster}/{name}"
        account.application_autoscaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=resource,
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1,
            MaxCapacity=6,
        )
        targets.append(resource)
    return targets


def seed(options):
    account = Account(options.endpoint, options.account)
    clusters = [f"cluster-{letter}" for letter in "abcdefghij"[: options.clusters]]
    placed = spread(service_names(options.services), clusters)
    for cluster in clusters:
        account.ecs.create_cluster(clusterName=cluster)
    balancer, groups = load_balancer(account, [name for name, _ in placed[:3]])
    made = {
        "account": options.account,
        "region": REGION,
        "clusters": clusters,
        "services": [
            ecs_service(account, name, cluster, groups.get(name)) for name, cluster in placed
        ],
        "load_balancers": [balancer],
        "target_groups": list(groups.values()),
        "log_groups": [log_group(account, name) for name, _ in placed],
        "log_lines_per_group": LOG_LINES,
    }
    made["databases"], made["caches"] = databases(account)
    metrics(account)
    made["alarms"] = alarms(account)
    made["scalable_targets"] = (
        scalable_targets(Account(options.scaling, options.account), placed)
        if options.scaling
        else []
    )
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("endpoint")
    parser.add_argument("--services", type=int, default=30)
    parser.add_argument("--clusters", type=int, default=3)
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--scaling", help="endpoint for Application Auto Scaling")
    print(json.dumps(seed(parser.parse_args())))


if __name__ == "__main__":
    main()
