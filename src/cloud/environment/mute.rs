//! Alarms that are muted while an environment is stopped: what stands, and the calls.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' own paths are longer than the lines they stand in"
)]

use aws_sdk_cloudwatch::types::{AlarmMuteRuleStatus, AlarmType, MuteTargets, Rule, Schedule};

use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::staging::{Muting, Orders};
use crate::estate::text::Text;

impl Link {
    /// The alarms the settings name and the rule that mutes them; `None` where they name none.
    ///
    /// # Errors
    /// When AWS does not tell either.
    pub(super) async fn muting(&self, orders: &Orders) -> Result<Option<Muting>, Problem> {
        if orders.mute_alarms.is_empty() {
            return Ok(None);
        }
        let ask = |token| {
            let ask = self.clients.cloudwatch.describe_alarms();
            let ask = ask.alarm_types(AlarmType::MetricAlarm);
            let ask = ask.alarm_types(AlarmType::CompositeAlarm);
            ask.max_records(100).set_next_token(token).send()
        };
        let operation = &gate::DESCRIBE_ALARMS;
        let answer = self
            .gate
            .pages(Feed::Alarms, operation, ask, |page| page.next_token())
            .await;
        if let Some(problem) = answer.problem {
            return Err(problem);
        }
        let mut alarms: Vec<Text> = Vec::new();
        for page in &answer.pages {
            let metric = page.metric_alarms().iter().map(|one| one.alarm_name());
            let composite = page.composite_alarms().iter().map(|one| one.alarm_name());
            alarms.extend(metric.chain(composite).flatten().map(Text::from));
        }
        alarms.retain(|name| orders.mutes(name));
        alarms.sort();
        let rule = Muting::rule_of(&self.environment.name);
        let standing = self.standing_rule(&rule).await?;
        Ok(Some(Muting {
            rule,
            alarms,
            standing,
        }))
    }

    /// The alarms a rule mutes or will; `None` when there is none, or it ran out.
    async fn standing_rule(&self, rule: &Text) -> Result<Option<Vec<Text>>, Problem> {
        let ask = self.clients.cloudwatch.get_alarm_mute_rule();
        let ask = ask.alarm_mute_rule_name(rule.as_str()).send();
        let answer = match self.gate.call(Feed::Alarms, &gate::MUTE_RULE, ask).await {
            Ok(answer) => answer,
            Err(problem) if problem.kind == ProblemKind::NotFound => return Ok(None),
            Err(problem) => return Err(problem),
        };
        if answer.status() == Some(&AlarmMuteRuleStatus::Expired) {
            return Ok(None);
        }
        let targets = answer.mute_targets().map(MuteTargets::alarm_names);
        let mut names: Vec<Text> = targets
            .unwrap_or_default()
            .iter()
            .map(|name| Text::from(name.as_str()))
            .collect();
        names.sort();
        Ok(Some(names))
    }
}

/// A window from the minute `from` on, as long as AWS has them.
pub(super) fn window(from: crate::estate::Timestamp) -> Rule {
    let schedule = Schedule::builder()
        .expression(format!("at({})", from.strftime("%Y-%m-%dT%H:%M")))
        .duration(Muting::LONGEST)
        .build();
    Rule::builder().schedule(schedule).build()
}
