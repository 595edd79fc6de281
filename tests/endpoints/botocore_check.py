"""Calls every operation the simulator knows and lets botocore judge the answers.

    python botocore_check.py ENDPOINT

botocore parses each answer by AWS's own service models, which forgives much; so the bytes are
looked at once more: every member that was sent must be in the operation's output shape, with a
value of that shape's type. Exits with 1 and a list when anything is wrong.
"""

import datetime
import json
import sys
import xml.etree.ElementTree as ElementTree

import boto3
import botocore.config
import botocore.exceptions

ACCOUNT = "123456789012"
failures = []
calls = 0


class Api:
    """One boto3 client whose every call is checked."""

    def __init__(self, service, endpoint, key=ACCOUNT):
        self.service = service
        self.raw = None
        self.client = boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="eu-central-1",
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            # The simulator throttles as AWS does, and this script is in a hurry.
            config=botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 8}),
        )
        self.model = self.client.meta.service_model
        self.client.meta.events.register("before-parse.*", self._remember)

    def _remember(self, response_dict, **_):
        self.raw = response_dict

    def call(self, operation, **arguments):
        """The parsed answer, or an empty one and a failure on the list."""
        global calls
        calls += 1
        method = getattr(self.client, boto3.session.botocore.xform_name(operation))
        name = f"{self.service}.{operation}"
        try:
            answer = method(**arguments)
        except Exception as error:  # whatever it is, it is the simulator's failure
            failures.append(f"{name}: {type(error).__name__}: {error}")
            return {}
        shape = self.model.operation_model(operation).output_shape
        parsed = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
        if not answer["ResponseMetadata"].get("RequestId"):
            failures.append(f"{name}: no request id")
        if shape is None:
            if parsed:
                failures.append(f"{name}: the answer should be empty and is {parsed}")
            return answer
        check_parsed(shape, parsed, name)
        self._check_raw(operation, shape, name)
        return answer

    def refused(self, operation, code, **arguments):
        """The call must be refused with this error code."""
        global calls
        calls += 1
        name = f"{self.service}.{operation}"
        try:
            getattr(self.client, boto3.session.botocore.xform_name(operation))(**arguments)
        except botocore.exceptions.ClientError as error:
            found = error.response["Error"].get("Code")
            if found != code:
                failures.append(f"{name}: refused with {found}, not {code}: {error}")
        except Exception as error:  # a parsing error is what this script looks for
            failures.append(f"{name}: {type(error).__name__}: {error}")
        else:
            failures.append(f"{name}: should be refused with {code}")

    def _check_raw(self, operation, shape, name):
        """Members botocore dropped because the model does not know them."""
        kind = self.raw["headers"].get("content-type", "")
        body = self.raw["body"]
        if "json" in kind:
            check_raw_json(shape, json.loads(body or b"{}"), name)
        elif "xml" in kind:
            root = ElementTree.fromstring(body)
            result = root.find(f"{{*}}{operation}Result")
            if result is None:
                failures.append(f"{name}: no {operation}Result in the XML")
            else:
                check_raw_xml(shape, result, name)
        elif "cbor" in kind:
            parser = self.client._response_parser
            stream = __import__("io").BufferedReader(__import__("io").BytesIO(body))
            check_raw_json(shape, parser.parse_data_item(stream), name)
        else:
            failures.append(f"{name}: content type {kind!r}")


def check_parsed(shape, value, where):
    """The value botocore parsed has the shape's type, all the way down."""
    kinds = {
        "string": str,
        "character": str,
        "integer": int,
        "long": int,
        "float": (int, float),
        "double": (int, float),
        "boolean": bool,
        "timestamp": datetime.datetime,
        "structure": dict,
        "map": dict,
        "list": list,
        "blob": bytes,
    }
    if not isinstance(value, kinds[shape.type_name]) or (
        isinstance(value, bool) and shape.type_name != "boolean"
    ):
        failures.append(f"{where}: {value!r} is not a {shape.type_name}")
    elif shape.type_name == "structure":
        for key, item in value.items():
            if key not in shape.members:
                failures.append(f"{where}: {key} is not in {shape.name}")
            else:
                check_parsed(shape.members[key], item, f"{where}.{key}")
        for key in shape.required_members:
            if key not in value:
                failures.append(f"{where}: {key} is required and missing")
    elif shape.type_name == "map":
        for key, item in value.items():
            check_parsed(shape.value, item, f"{where}.{key}")
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            check_parsed(shape.member, item, f"{where}[{index}]")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        failures.append(f"{where}: {value!r} is not one of {shape.enum}")


def check_raw_json(shape, value, where):
    """Every key that was sent is in the model."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, item in value.items():
            if key not in shape.members:
                failures.append(f"{where}: sent {key}, which is not in {shape.name}")
            elif item is None:
                failures.append(f"{where}: sent null for {key}")
            else:
                check_raw_json(shape.members[key], item, f"{where}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            check_raw_json(shape.member, item, f"{where}[{index}]")


def check_raw_xml(shape, element, where):
    """Every element that was sent is in the model, list members under their own name."""
    if shape.type_name == "structure":
        names = {
            member.serialization.get("name", key): member for key, member in shape.members.items()
        }
        for child in element:
            key = child.tag.rpartition("}")[2]
            if key not in names:
                failures.append(f"{where}: sent {key}, which is not in {shape.name}")
            else:
                check_raw_xml(names[key], child, f"{where}.{key}")
    elif shape.type_name == "list":
        expected = shape.member.serialization.get("name", "member")
        for index, child in enumerate(element):
            key = child.tag.rpartition("}")[2]
            if key != expected:
                failures.append(f"{where}: a member is called {key}, not {expected}")
            else:
                check_raw_xml(shape.member, child, f"{where}[{index}]")


def expect(condition, what):
    """The estate is worth looking at: an empty answer has every shape."""
    if not condition:
        failures.append(f"estate: {what}")


def pages(api, operation, result, size=None, token="nextToken", **arguments):
    """All items of all pages; a page may be empty."""
    items, more = [], dict(size or {})
    for _ in range(200):
        answer = api.call(operation, **arguments, **more)
        items += answer.get(result, [])
        if not answer.get(token):
            return items
        more[{"NextMarker": "Marker"}.get(token, token)] = answer[token]
    failures.append(f"{api.service}.{operation}: the pages never end")
    return items


def check_sts(endpoint):
    sts = Api("sts", endpoint)
    expect(sts.call("GetCallerIdentity").get("Account") == ACCOUNT, "the caller's account")
    role = f"arn:aws:iam::{ACCOUNT}:role/firstline"
    taken = sts.call("AssumeRole", RoleArn=role, RoleSessionName="firstline-alice")
    expect(taken["Credentials"].get("AccessKeyId") == ACCOUNT, "the role's account")
    anybody = Api("sts", endpoint, key="AKIAIOSFODNN7EXAMPLE")
    expect(anybody.call("GetCallerIdentity").get("Account") == ACCOUNT, "the first account")
    stranger = Api("sts", endpoint, key="000000000000")
    stranger.refused("GetCallerIdentity", "InvalidClientTokenId")
    sts.refused("GetSessionToken", "InvalidAction")


def check_ecs(endpoint):
    ecs = Api("ecs", endpoint)
    clusters = pages(ecs, "ListClusters", "clusterArns", size={"maxResults": 1})
    expect(len(clusters) >= 2, "two clusters")
    answer = ecs.call("DescribeClusters", clusters=[*clusters, "gone"], include=["TAGS", "SETTINGS"])
    expect(len(answer.get("failures", [])) == 1, "a missing cluster is a failure")
    cluster = clusters[0]
    expect(len(ecs.call("ListServices", cluster=cluster)["serviceArns"]) <= 10, "ten a page")
    services = pages(ecs, "ListServices", "serviceArns", size={"maxResults": 4}, cluster=cluster)
    expect(len(services) > 4 and len(services) == len(set(services)), "services over pages")
    for start in range(0, len(services), 10):
        ecs.call(
            "DescribeServices",
            cluster=cluster,
            services=services[start : start + 10],
            include=["TAGS"],
        )
    missing = ecs.call("DescribeServices", cluster=cluster, services=["gone"])
    expect(missing["failures"][0]["reason"] == "MISSING", "a missing service is a failure")
    ecs.refused(
        "DescribeServices", "InvalidParameterException", cluster=cluster, services=services[:1] * 11
    )
    ecs.refused("ListServices", "ClusterNotFoundException", cluster="gone")
    ecs.refused("ListServices", "InvalidParameterException", cluster=cluster, nextToken="nonsense")
    check_tasks(ecs, cluster, services)
    check_deployments(ecs, cluster, services)
    check_tags(ecs, services[0])
    ecs.refused("ListDaemons", "UnknownOperationException", clusterArn=cluster)


def check_tasks(ecs, cluster, services):
    tasks = pages(ecs, "ListTasks", "taskArns", size={"maxResults": 20}, cluster=cluster)
    expect(tasks, "tasks run")
    ecs.call("ListTasks", cluster=cluster, desiredStatus="STOPPED")
    ecs.call("ListTasks", cluster=cluster, family="orders")
    running = ecs.call("ListTasks", cluster=cluster, serviceName=services[0]).get("taskArns", [])
    described = ecs.call("DescribeTasks", cluster=cluster, tasks=[*tasks[:50], "gone"])
    expect(len(described.get("failures", [])) == 1, "a missing task is a failure")
    for task in described.get("tasks", [])[:1]:
        ecs.call("DescribeTaskDefinition", taskDefinition=task["taskDefinitionArn"])
    ecs.refused("DescribeTaskDefinition", "ClientException", taskDefinition="gone")
    for task in running[:1]:
        ecs.call("StopTask", cluster=cluster, task=task, reason="botocore looks")
    ecs.refused("StopTask", "InvalidParameterException", cluster=cluster, task="gone")
    for task in tasks[-1:]:
        protect = {"cluster": cluster, "tasks": [task]}
        ecs.call("UpdateTaskProtection", protectionEnabled=True, expiresInMinutes=5, **protect)
        found = ecs.call("GetTaskProtection", **protect).get("protectedTasks", [])
        expect(found and found[0]["protectionEnabled"], "a protected task")
        ecs.call("UpdateTaskProtection", protectionEnabled=False, **protect)
    missing = ecs.call("GetTaskProtection", cluster=cluster, tasks=["gone"])
    expect(len(missing.get("failures", [])) == 1, "a task nobody can protect is a failure")


def check_deployments(ecs, cluster, services):
    service = services[1]
    ecs.call("UpdateService", cluster=cluster, service=service, desiredCount=3)
    ecs.call("UpdateService", cluster=cluster, service=service, forceNewDeployment=True)
    ecs.refused("UpdateService", "ServiceNotFoundException", cluster=cluster, service="gone")
    listed = ecs.call("ListServiceDeployments", cluster=cluster, service=service)
    arns = [brief["serviceDeploymentArn"] for brief in listed.get("serviceDeployments", [])]
    expect(arns, "a redeployment is a service deployment")
    ecs.call("DescribeServiceDeployments", serviceDeploymentArns=[*arns[:19], f"{arns[0]}gone"])
    revisions = [brief["targetServiceRevisionArn"] for brief in listed["serviceDeployments"]]
    told = ecs.call("DescribeServiceRevisions", serviceRevisionArns=revisions[:20])
    expect(told.get("serviceRevisions"), "the revisions of the deployments")
    described = ecs.call("DescribeServices", cluster=cluster, services=[service])["services"][0]
    definition = ecs.call("DescribeTaskDefinition", taskDefinition=described["taskDefinition"])
    check_images(ecs, definition["taskDefinition"]["containerDefinitions"][0]["image"])
    ecs.call("StopServiceDeployment", serviceDeploymentArn=arns[0], stopType="ROLLBACK")
    ecs.refused(
        "StopServiceDeployment",
        "ServiceDeploymentNotFoundException",
        serviceDeploymentArn=f"{arns[0]}gone",
    )


def check_images(ecs, image):
    ecr = Api("ecr", ecs.client.meta.endpoint_url)
    repository, tag = image.split("/", 1)[1].rsplit(":", 1)
    tagged = ecr.call("DescribeImages", repositoryName=repository, imageIds=[{"imageTag": tag}])
    expect(tagged["imageDetails"][0]["imageDigest"].startswith("sha256:"), "a tag has a digest")
    gone = [{"imageTag": "gone"}]
    ecr.refused("DescribeImages", "ImageNotFoundException", repositoryName=repository, imageIds=gone)
    ecr.refused("DescribeImages", "RepositoryNotFoundException", repositoryName="nosuch", imageIds=gone)


def check_tags(ecs, service):
    ecs.call("TagResource", resourceArn=service, tags=[{"key": "seen-by", "value": "botocore"}])
    tags = ecs.call("ListTagsForResource", resourceArn=service).get("tags", [])
    expect({"key": "seen-by", "value": "botocore"} in tags, "the tag is there")
    ecs.call("UntagResource", resourceArn=service, tagKeys=["seen-by"])
    ecs.refused(
        "TagResource",
        "InvalidParameterException",
        resourceArn=service,
        tags=[{"key": "json", "value": '{"a":1}'}],
    )


def check_logs(endpoint):
    logs = Api("logs", endpoint)
    groups = pages(logs, "DescribeLogGroups", "logGroups", size={"limit": 5})
    expect(len(groups) > 5, "log groups over pages")
    group = groups[0]["logGroupName"]
    streams = pages(logs, "DescribeLogStreams", "logStreams", size={"limit": 1}, logGroupName=group)
    expect(streams, "log streams")
    logs.call("DescribeLogStreams", logGroupName=group, orderBy="LastEventTime", descending=True)
    stream = streams[-1]["logStreamName"]
    recently = int((datetime.datetime.now().timestamp() - 900) * 1000)
    recent = {"logGroupName": group, "startTime": recently}
    events = pages(logs, "FilterLogEvents", "events", size={"limit": 200}, **recent)
    expect(events, "log events")
    times = [event["timestamp"] for event in events]
    expect(times == sorted(times), "log events in order of time")
    expect(len({event["eventId"] for event in events}) == len(events), "each event once")
    pages(logs, "FilterLogEvents", "events", filterPattern="INFO -ERROR", **recent)
    logs.call("FilterLogEvents", logGroupName=group, logStreamNames=[stream], limit=3)
    logs.call("FilterLogEvents", logGroupName=group, logStreamNamePrefix=stream[:5], limit=3)
    logs.refused("FilterLogEvents", "ResourceNotFoundException", logGroupName="gone")
    last = logs.call("GetLogEvents", logGroupName=group, logStreamName=stream, limit=5)
    again = {"logGroupName": group, "logStreamName": stream, "limit": 5}
    if last:
        older = logs.call("GetLogEvents", nextToken=last["nextBackwardToken"], **again)
        expect(len(older["events"]) <= 5, "a page back")
        logs.call("GetLogEvents", nextToken=last["nextForwardToken"], **again)
    queries = pages(logs, "DescribeQueryDefinitions", "queryDefinitions", size={"maxResults": 1})
    expect(queries, "saved queries")
    named = {"queryDefinitionNamePrefix": queries[0]["name"]}
    expect(logs.call("DescribeQueryDefinitions", **named)["queryDefinitions"], "one by its name")
    check_written(logs)
    check_live_tail(endpoint, next(one["logGroupArn"] for one in groups))


def check_written(logs):
    group, stream = "/ops/check", "alice@jump-1/0a"
    now = int(datetime.datetime.now().timestamp() * 1000)
    day = 24 * 3600 * 1000
    names = {"logGroupName": group, "logStreamName": stream}
    event = {"timestamp": now, "message": "line"}
    logs.refused("CreateLogStream", "ResourceNotFoundException", **names)
    logs.call("CreateLogGroup", logGroupName=group)
    logs.refused("CreateLogGroup", "ResourceAlreadyExistsException", logGroupName=group)
    logs.call("PutRetentionPolicy", logGroupName=group, retentionInDays=365)
    logs.refused("PutLogEvents", "ResourceNotFoundException", logEvents=[event], **names)
    logs.call("CreateLogStream", **names)
    logs.refused("CreateLogStream", "ResourceAlreadyExistsException", **names)
    logs.refused(
        "CreateLogStream", "InvalidParameterException", logGroupName=group, logStreamName="a:b"
    )
    taken = logs.call("PutLogEvents", logEvents=[event], **names)
    expect("rejectedLogEventsInfo" not in taken, "all of it was taken")
    old = {"timestamp": now - 20 * day, "message": "old"}
    answer = logs.call("PutLogEvents", logEvents=[old], **names)
    rejected = answer.get("rejectedLogEventsInfo", {})
    expect(rejected.get("tooOldLogEventEndIndex") == 1, "an old one is rejected and told")
    new = {"timestamp": now + day // 4, "message": "new"}
    answer = logs.call("PutLogEvents", logEvents=[event, new], **names)
    rejected = answer.get("rejectedLogEventsInfo", {})
    expect(rejected == {"tooNewLogEventStartIndex": 1}, "one ahead is rejected and told")
    far = {"timestamp": now - 2 * day, "message": "far"}
    large = {"timestamp": now, "message": "x" * 300_000}
    for wrong in ([event, far], [far, event], [large] * 4):
        logs.refused("PutLogEvents", "InvalidParameterException", logEvents=wrong, **names)
    found = pages(logs, "FilterLogEvents", "events", logGroupName=group, startTime=now - day)
    expect([one["message"] for one in found] == ["line", "line"], "what was taken comes back")
    last = logs.call("GetLogEvents", limit=1, **names)
    expect([one["message"] for one in last["events"]] == ["line"], "and from its stream")


def check_live_tail(endpoint, arn):
    # botocore would ask `stream-127.0.0.1`.
    bare = botocore.config.Config(inject_host_prefix=False)
    logs = Api("logs", endpoint)
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "secret"}
    where = {"endpoint_url": endpoint, "region_name": "eu-central-1"}
    logs.client = boto3.client("logs", config=bare, **keys, **where)
    logs.refused("StartLiveTail", "InvalidParameterException", logGroupIdentifiers=["name"])
    gone = [arn + "-gone"]
    logs.refused("StartLiveTail", "ResourceNotFoundException", logGroupIdentifiers=gone)
    global calls
    calls += 1
    answer = logs.client.start_live_tail(logGroupIdentifiers=[arn])
    shape = logs.model.operation_model("StartLiveTail").output_shape.members["responseStream"]
    seen = []
    for event in answer["responseStream"]:
        check_parsed(shape, event, "logs.StartLiveTail")
        seen += list(event)
        if len(seen) == 3:
            break
    answer["responseStream"].close()
    expect(seen == ["sessionStart", "sessionUpdate", "sessionUpdate"], "a live tail, each second")


def check_cloudwatch(endpoint):
    cloudwatch = Api("cloudwatch", endpoint)
    metrics = pages(cloudwatch, "ListMetrics", "Metrics", token="NextToken")
    expect(metrics, "metrics")
    cloudwatch.call("ListMetrics", Namespace="AWS/ECS", MetricName="CPUUtilization")
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now}
    queries = [
        {"Id": f"q{index}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
        for index, metric in enumerate(metrics[:500])
    ]
    whole = cloudwatch.call("GetMetricData", MetricDataQueries=queries, **hour)
    results = whole.get("MetricDataResults", [])
    expect(len(results) == len(queries), "a result for each query")
    expect(any(result["Values"] for result in results), "datapoints")
    paged = pages(
        cloudwatch,
        "GetMetricData",
        "MetricDataResults",
        size={"MaxDatapoints": 50},
        token="NextToken",
        MetricDataQueries=queries[:5],
        ScanBy="TimestampAscending",
        **hour,
    )
    points = sum(len(result["Values"]) for result in paged)
    expect(points == sum(len(result["Values"]) for result in results[:5]), "pages lose no point")
    percentile = {**queries[0], "MetricStat": {**queries[0]["MetricStat"], "Stat": "p99"}}
    cloudwatch.call("GetMetricData", MetricDataQueries=[percentile], **hour)
    many = [{**queries[0], "Id": f"q{index}"} for index in range(501)]
    cloudwatch.refused("GetMetricData", "ValidationError", MetricDataQueries=many, **hour)
    backwards = {"StartTime": hour["EndTime"], "EndTime": hour["StartTime"]}
    cloudwatch.refused(
        "GetMetricData", "InvalidParameterValue", MetricDataQueries=queries[:1], **backwards
    )
    check_alarms(cloudwatch)
    cloudwatch.refused("ListDashboards", "InvalidAction")
    shop = cloudwatch.call("GetDashboard", DashboardName="shop")
    expect('"widgets"' in shop.get("DashboardBody", ""), "the body of a dashboard")
    cloudwatch.refused("GetDashboard", "ResourceNotFound", DashboardName="nobody-has-it")


def check_alarms(cloudwatch):
    plain = cloudwatch.call("DescribeAlarms")
    expect(plain.get("MetricAlarms") and not plain.get("CompositeAlarms"), "metric alarms only")
    both = cloudwatch.call("DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    expect(both.get("CompositeAlarms"), "composite alarms when asked for")
    one = pages(cloudwatch, "DescribeAlarms", "MetricAlarms", {"MaxRecords": 5}, "NextToken")
    expect(len(one) == len(plain.get("MetricAlarms", [])), "alarms over pages")
    cloudwatch.call("DescribeAlarms", StateValue="ALARM", AlarmTypes=["MetricAlarm"])
    cloudwatch.call("DescribeAlarmHistory", MaxRecords=10)
    schedule = {"Expression": "at(2026-11-21T18:02)", "Duration": "PT14H"}
    muted = {"AlarmNames": [plain["MetricAlarms"][0]["AlarmName"]]}
    rule = {"Name": "night", "Rule": {"Schedule": schedule}}
    cloudwatch.call("PutAlarmMuteRule", MuteTargets=muted, **rule)
    found = cloudwatch.call("GetAlarmMuteRule", AlarmMuteRuleName="night")
    expect(found.get("MuteTargets") == muted, "the muted alarm")
    listed = cloudwatch.call("ListAlarmMuteRules", AlarmName=muted["AlarmNames"][0])
    expect(len(listed.get("AlarmMuteRuleSummaries", [])) == 1, "the mute rule")
    cloudwatch.call("DeleteAlarmMuteRule", AlarmMuteRuleName="night")
    cloudwatch.refused("GetAlarmMuteRule", "ResourceNotFoundException", AlarmMuteRuleName="night")
    cloudwatch.call("DescribeAlarmHistory", HistoryItemType="StateUpdate")


def check_load_balancers(endpoint):
    elb = Api("elbv2", endpoint)
    balancers = elb.call("DescribeLoadBalancers").get("LoadBalancers", [])
    expect(balancers, "load balancers")
    arn = balancers[0]["LoadBalancerArn"]
    elb.call("DescribeLoadBalancers", LoadBalancerArns=[arn])
    elb.refused("DescribeLoadBalancers", "LoadBalancerNotFound", Names=["gone"])
    elb.call("DescribeListeners", LoadBalancerArn=arn)
    groups = pages(elb, "DescribeTargetGroups", "TargetGroups", {"PageSize": 2}, "NextMarker")
    expect(len(groups) > 2, "target groups over pages")
    targets = []
    for group in groups[:3]:
        health = elb.call("DescribeTargetHealth", TargetGroupArn=group["TargetGroupArn"])
        targets += health.get("TargetHealthDescriptions", [])
    expect(targets, "targets")
    elb.refused("DescribeTargetHealth", "TargetGroupNotFound", TargetGroupArn=f"{arn}gone")
    elb.refused("DescribeSSLPolicies", "InvalidAction")


def check_databases(endpoint):
    rds = Api("rds", endpoint)
    instances = rds.call("DescribeDBInstances").get("DBInstances", [])
    expect(instances, "databases")
    rds.call("DescribeDBInstances", DBInstanceIdentifier=instances[0]["DBInstanceIdentifier"])
    rds.refused("DescribeDBInstances", "DBInstanceNotFound", DBInstanceIdentifier="gone")
    identifier = instances[0]["DBInstanceIdentifier"]
    rds.call("StopDBInstance", DBInstanceIdentifier=identifier)
    rds.refused(
        "StartDBInstance", "InvalidDBInstanceState", DBInstanceIdentifier=identifier
    )
    rds.call("DescribeDBClusters")
    rds.refused("StopDBCluster", "DBClusterNotFoundFault", DBClusterIdentifier="gone")
    rds.refused("StartDBCluster", "DBClusterNotFoundFault", DBClusterIdentifier="gone")
    parameters = rds.call(
        "DescribeDBParameters",
        DBParameterGroupName=instances[0]["DBParameterGroups"][0]["DBParameterGroupName"],
        Filters=[{"Name": "parameter-name", "Values": ["max_connections"]}],
    )
    expect(parameters.get("Parameters"), "the parameter max_connections")
    rds.refused("DescribeDBParameters", "DBParameterGroupNotFound", DBParameterGroupName="gone")
    rds.refused("DescribeEvents", "InvalidAction")


def check_caches(endpoint):
    caches = Api("elasticache", endpoint)
    found = caches.call("DescribeCacheClusters", ShowCacheNodeInfo=True).get("CacheClusters", [])
    expect(found and found[0].get("CacheNodes"), "cache nodes")
    caches.call("DescribeReplicationGroups")
    caches.refused("DescribeCacheClusters", "CacheClusterNotFound", CacheClusterId="gone")
    caches.refused("DescribeUsers", "InvalidAction")


def check_scaling(endpoint):
    scaling = Api("application-autoscaling", endpoint)
    targets = scaling.call("DescribeScalableTargets", ServiceNamespace="ecs")
    expect(targets.get("ScalableTargets"), "scalable targets")
    first = targets["ScalableTargets"][0]
    scaling.call("DescribeScalingActivities", ServiceNamespace="ecs")
    scaling.call(
        "DescribeScalingActivities",
        ServiceNamespace="ecs",
        ResourceId=first["ResourceId"],
        IncludeNotScaledActivities=True,
    )
    scaling.call(
        "RegisterScalableTarget",
        ServiceNamespace="ecs",
        ResourceId=first["ResourceId"],
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        SuspendedState={"ScheduledScalingSuspended": True},
    )
    scaling.refused(
        "RegisterScalableTarget",
        "ValidationException",
        ServiceNamespace="ecs",
        ResourceId="service/prod/gone",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    scaling.call("DescribeScheduledActions", ServiceNamespace="ecs")
    scaling.refused("DescribeScalingPolicies", "UnknownOperationException", ServiceNamespace="ecs")


def check_trail(endpoint):
    trail = Api("cloudtrail", endpoint)
    by_name = [{"AttributeKey": "EventName", "AttributeValue": "UpdateService"}]
    events = trail.call("LookupEvents", LookupAttributes=by_name).get("Events", [])
    expect(events, "deployments on the trail")
    told = json.loads(events[0]["CloudTrailEvent"])
    expect(told["requestParameters"]["service"], "the service a call was about")
    trail.refused("LookupEvents", "InvalidLookupAttributesException", LookupAttributes=by_name * 2)
    trail.refused("ListTrails", "UnknownOperationException")


def check_sessions(endpoint):
    ecs, ssm = Api("ecs", endpoint), Api("ssm", endpoint)
    cluster = ecs.call("ListClusters")["clusterArns"][0]
    arns = ecs.call("ListTasks", cluster=cluster).get("taskArns", [])
    tasks = ecs.call("DescribeTasks", cluster=cluster, tasks=arns[:100]).get("tasks", [])
    open_ones = [
        task
        for task in tasks
        if task["enableExecuteCommand"] and task["lastStatus"] == "RUNNING"
    ]
    expect(open_ones, "a running task with ECS Exec")
    task = open_ones[0]
    entered = {"cluster": cluster, "task": task["taskArn"], "interactive": True}
    session = ecs.call("ExecuteCommand", command="sh", **entered)["session"]
    ssm.call("DescribeSessions", State="Active")
    ssm.call("ResumeSession", SessionId=session["sessionId"])
    ssm.call("TerminateSession", SessionId=session["sessionId"])
    ssm.refused("TerminateSession", "DoesNotExistException", SessionId="gone")
    runtime = task["containers"][0]["runtimeId"]
    name, number = cluster.split("/")[-1], task["taskArn"].split("/")[-1]
    ssm.call("StartSession", Target=f"ecs:{name}_{number}_{runtime}", Reason="botocore looks")
    ssm.refused("StartSession", "TargetNotConnected", Target="i-0123456789abcdef0")
    weekend = {"CalendarNames": ["acme-weekends"]}
    closed = ssm.call("GetCalendarState", AtTime="2026-11-21T12:00:00Z", **weekend)
    expect(closed["State"] == "CLOSED", "a closed Saturday")
    expect(closed["NextTransitionTime"].startswith("2026-11-23T00:00:00"), "open on Monday")
    opened = ssm.call("GetCalendarState", AtTime="2026-11-23T12:00:00Z", **weekend)
    expect(opened["State"] == "OPEN", "an open Monday")
    ssm.refused("GetCalendarState", "InvalidDocument", CalendarNames=["gone"])
    nodes = ssm.call("DescribeInstanceInformation")["InstanceInformationList"]
    expect({node["PingStatus"] for node in nodes} == {"Online", "ConnectionLost"}, "two pings")
    lost = [{"Key": "PingStatus", "Values": ["ConnectionLost"]}]
    found = ssm.call("DescribeInstanceInformation", Filters=lost)["InstanceInformationList"]
    expect(len(found) == 1, "one lost node")
    ssm.refused("StartSession", "TargetNotConnected", Target=found[0]["InstanceId"])
    online = [node["InstanceId"] for node in nodes if node["PingStatus"] == "Online"]
    ssm.call("StartSession", Target=online[0])
    ssm.refused("DescribeDocument", "UnknownOperationException", Name="AWS-RunShellScript")


def check_kms(endpoint):
    kms = Api("kms", endpoint)
    bound = {"aws:ssm:SessionId": "alice-1", "aws:ssm:TargetId": "i-0123456789abcdef0"}
    made = kms.call(
        "GenerateDataKey", KeyId="alias/sessions", NumberOfBytes=64, EncryptionContext=bound
    )
    expect(len(made["Plaintext"]) == 64, "64 bytes of key")
    opened = kms.call("Decrypt", CiphertextBlob=made["CiphertextBlob"], EncryptionContext=bound)
    expect(opened["Plaintext"] == made["Plaintext"], "the same key")
    kms.refused(
        "Decrypt", "InvalidCiphertextException", CiphertextBlob=made["CiphertextBlob"]
    )
    kms.refused("GenerateDataKey", "NotFoundException", KeyId="alias/gone", NumberOfBytes=64)
    kms.refused("GenerateDataKey", "ValidationException", KeyId="alias/sessions")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    endpoint = sys.argv[1]
    for check in (
        check_sts,
        check_ecs,
        check_logs,
        check_cloudwatch,
        check_load_balancers,
        check_databases,
        check_caches,
        check_scaling,
        check_trail,
        check_sessions,
        check_kms,
    ):
        try:
            check(endpoint)
        except Exception as error:  # what follows from a failure above
            failures.append(f"{check.__name__}: {type(error).__name__}: {error}")
    for failure in dict.fromkeys(failures):
        print(failure)
    print(f"{calls} calls, {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
