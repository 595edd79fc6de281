"""Prints what one service is like, as boto3 reads it: one JSON line.

    look.py ENDPOINT ACCOUNT SERVICE_ARN
"""

import json
import sys

import boto3


def main(endpoint, account, arn):
    ecs = boto3.client(
        "ecs",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )
    cluster, name = arn.split("/")[-2:]
    service = ecs.describe_services(cluster=cluster, services=[name])["services"][0]
    tasks = ecs.list_tasks(cluster=cluster, serviceName=name, desiredStatus="RUNNING")["taskArns"]
    seen = {
        "desired": service["desiredCount"],
        "definition": service["taskDefinition"],
        "deployments": [one["id"] for one in service["deployments"]],
        "tasks": sorted(tasks),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
