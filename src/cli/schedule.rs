//! `firstline schedule print`: what runs stop and start after hours. It applies nothing.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::app::command::Schedule;
use crate::config::{Place, Shared};
use crate::estate::environment::Environment;
use crate::estate::permission::{Duty, Feature};
use crate::estate::staging::{Goal, Weekdays};

use super::exit::Exit;
use super::iam;
use super::open::Opened;
use super::print;

/// One moment of the week.
struct Moment {
    goal: Goal,
    time: Time,
    zone: String,
}

/// Prints the snippets.
pub(super) fn run(opened: &Opened, asked: &Schedule) -> anyhow::Result<Exit> {
    let Schedule::Print {
        environment,
        at,
        start_at,
        on,
    } = asked;
    let mut places = opened.settings.places.iter();
    let Some(place) = places.find(|one| one.environment.name.as_str() == environment) else {
        print::problem(&format!("the settings have no environment {environment:?}"));
        return Ok(Exit::Usage);
    };
    if !crate::policy::may_be_stopped(&place.environment) {
        print::problem(&format!(
            "refused: nothing proves that {environment} is not production"
        ));
        return Ok(Exit::Refused);
    }
    let Some(days) = Weekdays::read(on) else {
        print::problem(&format!("{on:?} are no days: write mon-fri, or sat,sun"));
        return Ok(Exit::Usage);
    };
    let mut moments = Vec::new();
    let wanted = [(Goal::Stop, Some(at)), (Goal::Start, start_at.as_ref())];
    for (goal, written) in wanted {
        let Some(written) = written else { continue };
        let Some(moment) = moment(goal, written) else {
            print::problem(&format!(
                "{written:?} is no time: write \"19:00 Europe/Berlin\""
            ));
            return Ok(Exit::Usage);
        };
        moments.push(moment);
    }
    let shared = opened.settings.shared.as_ref();
    print::line(&text((place, shared), &moments, days))?;
    if !place.orders.allow_unattended {
        print::problem(&format!(
            "set allow_unattended = true for {environment}, or --yes will be refused"
        ));
    }
    Ok(Exit::Good)
}

fn moment(goal: Goal, written: &str) -> Option<Moment> {
    let mut words = written.split_whitespace();
    let time = words.next()?.parse().ok()?;
    let zone = words.next().unwrap_or("UTC");
    let known = zone == "UTC" || TimeZone::get(zone).is_ok();
    (known && words.next().is_none()).then(|| Moment {
        goal,
        time,
        zone: zone.to_owned(),
    })
}

/// Everything, as one page of text a shell, Terraform and people can read.
fn text((place, shared): (&Place, Option<&Shared>), moments: &[Moment], days: Weekdays) -> String {
    let environment = &place.environment;
    let name = environment.name.as_str();
    let mut parts = vec![format!(
        "# What stops and starts {name} after hours. Nothing here has been applied.\n\
         # Exit codes: 0 done, 2 not every service is there, 3 refused or held, 64 usage.\n\
         # Choose one of cron, GitLab and EventBridge; ROLE, CLUSTER, SUBNET and so on are yours."
    )];
    for moment in moments {
        parts.push(cron(name, moment, days));
        parts.push(gitlab(name, moment, days));
        parts.push(eventbridge(environment, moment, days));
        parts.push(terraform(environment, moment, days));
    }
    parts.push(policy(place, shared));
    parts.join("\n\n")
}

fn command(name: &str, goal: Goal) -> String {
    format!("firstline {} {name} --yes --reason schedule", goal.word())
}

/// Days as cron takes them; Monday is 1, Sunday 7.
fn cron_days(days: Weekdays) -> String {
    let numbers = (1..=7).zip(days.0).filter(|(_, on)| *on);
    let numbers: Vec<String> = numbers.map(|(day, _)| day.to_string()).collect();
    numbers.join(",")
}

fn cron(name: &str, moment: &Moment, days: Weekdays) -> String {
    format!(
        "## cron: {goal}\nCRON_TZ={zone}\n{minute} {hour} * * {days}  {command}",
        goal = moment.goal.word(),
        zone = moment.zone,
        minute = moment.time.minute(),
        hour = moment.time.hour(),
        days = cron_days(days),
        command = command(name, moment.goal),
    )
}

fn gitlab(name: &str, moment: &Moment, days: Weekdays) -> String {
    let goal = moment.goal.word();
    format!(
        "## GitLab: {goal}; a pipeline schedule \"{minute} {hour} * * {days}\" in {zone} with FIRSTLINE={goal}\n\
         {goal}-{name}:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"schedule\" && $FIRSTLINE == \"{goal}\"\n  \
         resource_group: {name}\n  script:\n    - {command}",
        minute = moment.time.minute(),
        hour = moment.time.hour(),
        days = cron_days(days),
        zone = moment.zone,
        command = command(name, moment.goal),
    )
}

fn expression(moment: &Moment, days: Weekdays) -> String {
    let days: Vec<String> = days.names().iter().map(|day| day.to_uppercase()).collect();
    let (minute, hour) = (moment.time.minute(), moment.time.hour());
    format!("cron({minute} {hour} ? * {} *)", days.join(","))
}

/// The command as the override of the container that runs it.
fn input(name: &str, goal: Goal) -> String {
    let command = command(name, goal);
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    serde_json::json!({
        "containerOverrides": [{ "name": "firstline", "command": words }]
    })
    .to_string()
}

fn eventbridge(environment: &Environment, moment: &Moment, days: Weekdays) -> String {
    let (name, goal) = (environment.name.as_str(), moment.goal.word());
    let account = environment
        .account
        .as_ref()
        .map_or("ACCOUNT", |one| one.as_str());
    let region = region(environment);
    let target = serde_json::json!({
        "Arn": format!("arn:aws:ecs:{region}:{account}:cluster/CLUSTER"),
        "RoleArn": format!("arn:aws:iam::{account}:role/SCHEDULER_ROLE"),
        "EcsParameters": {
            "TaskDefinitionArn": format!("arn:aws:ecs:{region}:{account}:task-definition/firstline"),
            "LaunchType": "FARGATE",
            "NetworkConfiguration": { "awsvpcConfiguration": { "Subnets": ["SUBNET"] } },
        },
        "Input": input(name, moment.goal),
        "RetryPolicy": { "MaximumRetryAttempts": 2 },
    });
    format!(
        "## EventBridge Scheduler, AWS CLI: {goal}; it runs a task with firstline in it\n\
         aws scheduler create-schedule --region {region} --name firstline-{goal}-{name} \\\n  \
         --schedule-expression '{expression}' --schedule-expression-timezone {zone} \\\n  \
         --flexible-time-window Mode=OFF \\\n  --target '{target}'",
        expression = expression(moment, days),
        zone = moment.zone,
    )
}

fn terraform(environment: &Environment, moment: &Moment, days: Weekdays) -> String {
    let (name, goal) = (environment.name.as_str(), moment.goal.word());
    let label: String = format!("firstline_{goal}_{name}")
        .chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() {
                one
            } else {
                '_'
            }
        })
        .collect();
    format!(
        "## EventBridge Scheduler, Terraform: {goal}\n\
         resource \"aws_scheduler_schedule\" \"{label}\" {{\n  \
           name                         = \"firstline-{goal}-{name}\"\n  \
           schedule_expression          = \"{expression}\"\n  \
           schedule_expression_timezone = \"{zone}\"\n  \
           flexible_time_window {{\n    mode = \"OFF\"\n  }}\n  \
           target {{\n    \
             arn      = aws_ecs_cluster.tools.arn\n    \
             role_arn = aws_iam_role.scheduler.arn\n    \
             input    = {input:?}\n    \
             ecs_parameters {{\n      \
               task_definition_arn = aws_ecs_task_definition.firstline.arn\n      \
               launch_type         = \"FARGATE\"\n      \
               network_configuration {{\n        subnets = var.subnets\n      }}\n    }}\n  }}\n}}",
        expression = expression(moment, days),
        zone = moment.zone,
        input = input(name, moment.goal),
    )
}

fn region(environment: &Environment) -> &str {
    let region = environment.region.as_str();
    if region.is_empty() { "REGION" } else { region }
}

/// What stop and start call, and nothing else.
fn policy(place: &Place, shared: Option<&Shared>) -> String {
    let features = vec![Feature::Staging];
    let scopes = [iam::Scope { place, features }];
    let mut policy = iam::policy(&scopes);
    if let Some(shared) = shared {
        iam::share(&mut policy, (shared, Duty::Operator), &scopes);
    }
    let policy = serde_json::to_string_pretty(&policy).unwrap_or_default();
    format!("## IAM: the least policy of whoever runs it (not tried against live IAM)\n{policy}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_come_out_in_every_dialect() {
        let moment = moment(Goal::Stop, "19:05 Europe/Berlin").unwrap();
        let days = Weekdays::read("mon-fri").unwrap();
        assert_eq!(
            expression(&moment, days),
            "cron(5 19 ? * MON,TUE,WED,THU,FRI *)"
        );
        let cron = cron("staging", &moment, days);
        assert!(
            cron.contains(
                "CRON_TZ=Europe/Berlin\n5 19 * * 1,2,3,4,5  firstline stop staging --yes"
            )
        );
        for bad in ["", "25:00 UTC", "19:00 Nowhere/Land", "19:00 UTC x"] {
            assert!(super::moment(Goal::Stop, bad).is_none(), "{bad}");
        }
    }
}
