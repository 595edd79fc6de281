"""Creates the log group a team shares its journals in, in an account of its own; or prints what is in it.

    shared.py ENDPOINT ACCOUNT GROUP create
    shared.py ENDPOINT ACCOUNT GROUP read

`read` prints one JSON object: each stream with its messages, in the order the endpoint gives them.
"""

import json
import sys

import boto3


def main(endpoint, account, group, verb):
    logs = boto3.client(
        "logs",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )
    if verb == "create":
        logs.create_log_group(logGroupName=group)
        logs.put_retention_policy(logGroupName=group, retentionInDays=400)
        return
    found = {}
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        name = stream["logStreamName"]
        events = logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)
        found[name] = [one["message"] for one in events["events"]]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
