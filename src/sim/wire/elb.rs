//! Elastic Load Balancing v2: load balancers, listeners, target groups, target health.

use super::paging::Limits;
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::world::{Account, LoadBalancer, Target, TargetGroup, TargetReason};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeListeners", describe_listeners),
    ("DescribeLoadBalancers", describe_load_balancers),
    ("DescribeTargetGroups", describe_target_groups),
    ("DescribeTargetHealth", describe_target_health),
];

const INVALID: &str = "ValidationError";
const PAGES: Limits = Limits {
    default: 400,
    smallest: 1,
    largest: 400,
    code: INVALID,
};

/// The most ARNs or names one call takes.
const MOST_DESCRIBED: usize = 20;

/// The one network of the simulated accounts.
const VPC: &str = "vpc-0f1a57511e0000001";

fn describe_load_balancers(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let found = chosen(
        input,
        ("LoadBalancerArns", "Names"),
        &account.load_balancers,
        |balancer| (&balancer.arn, &balancer.name),
        (
            "LoadBalancerNotFound",
            "One or more load balancers not found",
        ),
    )?;
    let balancers = found
        .into_iter()
        .map(|balancer| load_balancer(account, balancer));
    page(input, "LoadBalancers", balancers)
}

fn describe_target_groups(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let balancer = input.text("LoadBalancerArn")?;
    let found = chosen(
        input,
        ("TargetGroupArns", "Names"),
        &account.target_groups,
        |group| (&group.arn, &group.name),
        ("TargetGroupNotFound", "One or more target groups not found"),
    )?;
    let groups = found
        .into_iter()
        .filter(|group| balancer.is_none_or(|arn| group.load_balancer == arn))
        .map(target_group);
    page(input, "TargetGroups", groups)
}

fn describe_target_health(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let arn = input.required_text("TargetGroupArn", INVALID)?;
    let group = context.account()?.target_group(arn).ok_or_else(|| {
        Refusal::sender("TargetGroupNotFound", "One or more target groups not found")
    })?;
    let mut asked = Vec::new();
    for target in input.list("Targets")? {
        asked.push(target.required_text("Id", INVALID)?);
    }
    let targets = group
        .targets
        .iter()
        .filter(|target| asked.is_empty() || asked.contains(&target.id.as_str()))
        .map(target_health);
    Ok(record! { "TargetHealthDescriptions": Value::list(targets) })
}

fn describe_listeners(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let balancer = input.text("LoadBalancerArn")?;
    let arns = input.texts("ListenerArns")?;
    if balancer.is_none() && arns.is_empty() {
        return Err(Refusal::validation(
            "You must specify either listener ARNs or a load balancer",
        ));
    }
    if let Some(arn) = balancer
        && account.load_balancers.iter().all(|found| found.arn != arn)
    {
        return Err(Refusal::sender(
            "LoadBalancerNotFound",
            "One or more load balancers not found",
        ));
    }
    let listeners = account
        .load_balancers
        .iter()
        .filter(|found| balancer.is_none_or(|arn| found.arn == arn))
        .filter(|found| arns.is_empty() || arns.contains(&listener_arn(found).as_str()))
        .map(|balancer| listener(account, balancer));
    page(input, "Listeners", listeners)
}

/// The items the input names by ARN or by name, all of them when it names none; one that is
/// not there refuses the whole call, as ELB does.
fn chosen<'world, T>(
    input: Input<'_>,
    (arns_member, names_member): (&str, &str),
    items: &'world [T],
    keys: impl Fn(&T) -> (&String, &String),
    (code, message): (&str, &str),
) -> Result<Vec<&'world T>, Refusal> {
    let mut asked = input.texts(arns_member)?;
    asked.extend(input.texts(names_member)?);
    if asked.len() > MOST_DESCRIBED {
        let message = format!("The maximum number of items is {MOST_DESCRIBED}");
        return Err(Refusal::validation(message));
    }
    if asked.is_empty() {
        return Ok(items.iter().collect());
    }
    asked
        .into_iter()
        .map(|key| {
            let found = items
                .iter()
                .find(|item| keys(item).0 == key || keys(item).1 == key);
            found.ok_or_else(|| Refusal::sender(code, message))
        })
        .collect()
}

fn page(
    input: Input<'_>,
    name: &str,
    items: impl Iterator<Item = Value>,
) -> Result<Value, Refusal> {
    let page = PAGES.page(items, input.integer("PageSize")?, input.text("Marker")?)?;
    Ok(Value::Record(vec![
        (name.to_owned(), page.items.into()),
        ("NextMarker".to_owned(), page.next.into()),
    ]))
}

fn load_balancer(account: &Account, balancer: &LoadBalancer) -> Value {
    let zones = ["a", "b", "c"].map(|zone| {
        record! {
            "ZoneName": format!("{}{zone}", account.region),
            "SubnetId": format!("subnet-0f1a57511e000000{zone}"),
            "LoadBalancerAddresses": Vec::new(),
        }
    });
    record! {
        "LoadBalancerArn": &balancer.arn,
        "DNSName": &balancer.dns_name,
        "CanonicalHostedZoneId": "Z215JYRZR1TBD5",
        "CreatedTime": balancer.created_at,
        "LoadBalancerName": &balancer.name,
        "Scheme": balancer.scheme,
        "VpcId": VPC,
        "State": record! { "Code": "active" },
        "Type": "application",
        "AvailabilityZones": Value::list(zones),
        "SecurityGroups": Value::list(["sg-0f1a57511e0000001"]),
        "IpAddressType": "ipv4",
    }
}

fn target_group(group: &TargetGroup) -> Value {
    record! {
        "TargetGroupArn": &group.arn,
        "TargetGroupName": &group.name,
        "Protocol": "HTTP",
        "Port": group.port,
        "VpcId": VPC,
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": true,
        "HealthCheckIntervalSeconds": group.health_check_interval,
        "HealthCheckTimeoutSeconds": group.health_check_timeout,
        "HealthyThresholdCount": group.healthy_threshold,
        "UnhealthyThresholdCount": group.unhealthy_threshold,
        "HealthCheckPath": &group.health_check_path,
        "Matcher": record! { "HttpCode": "200" },
        "LoadBalancerArns": Value::list([&group.load_balancer]),
        "TargetType": "ip",
        "ProtocolVersion": "HTTP1",
        "IpAddressType": "ipv4",
    }
}

fn target_health(target: &Target) -> Value {
    record! {
        "Target": record! {
            "Id": &target.id,
            "Port": target.port,
            "AvailabilityZone": &target.availability_zone,
        },
        "HealthCheckPort": target.port.to_string(),
        "TargetHealth": record! {
            "State": target.state.as_ref(),
            "Reason": target.reason.map(|reason| reason.as_ref().to_owned()),
            "Description": target.reason.map(TargetReason::description),
        },
    }
}

/// Every load balancer here has one HTTPS listener, and its ARN follows from its own.
fn listener_arn(balancer: &LoadBalancer) -> String {
    let arn = balancer.arn.replacen(":loadbalancer/", ":listener/", 1);
    format!("{arn}/f1a57511e0000443")
}

fn listener(account: &Account, balancer: &LoadBalancer) -> Value {
    let first = account
        .target_groups
        .iter()
        .find(|group| group.load_balancer == balancer.arn);
    let actions = first.map(|group| {
        record! { "Type": "forward", "TargetGroupArn": &group.arn, "Order": 1 }
    });
    record! {
        "ListenerArn": listener_arn(balancer),
        "LoadBalancerArn": &balancer.arn,
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "DefaultActions": Value::list(actions),
    }
}
