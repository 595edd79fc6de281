"""Writes three hours of one metric, a value a minute, into an account of its own.

    history.py ENDPOINT ACCOUNT
"""

import sys
import time

import boto3


def main(endpoint, account):
    cloudwatch = boto3.client(
        "cloudwatch",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )
    now = int(time.time()) // 60 * 60
    cloudwatch.put_metric_data(
        Namespace="Shop",
        MetricData=[
            {
                "MetricName": "Waiting",
                "Dimensions": [{"Name": "Queue", "Value": "queue-0"}],
                "Timestamp": now - 60 * (185 - minute),
                "Value": minute,
                "Unit": "Count",
            }
            for minute in range(185)
        ],
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
