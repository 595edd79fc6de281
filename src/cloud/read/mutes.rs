//! Alarm mute rules that are in force.

use aws_sdk_cloudwatch::types::{AlarmMuteRuleStatus, MuteTargets};

use crate::cloud::gate;
use crate::cloud::link::{Link, Sink};
use crate::estate::aspect::Aspect;
use crate::estate::history::{Memory, Mute};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem};
use crate::estate::text::Text;

/// No account has more of them in force at once than somebody could mean.
const MOST: usize = 20;

impl Link {
    /// Reads which rules are in force and which alarms each mutes. AWS lists rules without their
    /// alarms, so each is a call of its own.
    pub(in crate::cloud) async fn read_mutes(&self, sink: Sink<'_>) {
        let at = self.gate.now();
        let ask = |token| {
            let ask = self.clients.cloudwatch.list_alarm_mute_rules();
            let ask = ask.statuses(AlarmMuteRuleStatus::Active);
            ask.set_next_token(token).send()
        };
        let operation = &gate::MUTE_RULES;
        let answer = self
            .gate
            .pages(Feed::Alarms, operation, ask, |page| page.next_token())
            .await;
        let summaries = answer.pages.iter();
        let arns = summaries.flat_map(|page| page.alarm_mute_rule_summaries());
        let names = arns.filter_map(|one| one.alarm_mute_rule_arn()?.rsplit(':').next());
        let (mut mutes, mut problem) = (Vec::new(), answer.problem);
        for name in names.take(MOST) {
            match self.mute_rule(name).await {
                Ok(mute) => mutes.push(mute),
                Err(failed) => problem = Some(failed),
            }
        }
        let aspect = Aspect {
            news: (problem.is_none() || !mutes.is_empty()).then_some(mutes),
            problem,
            at: Some(at),
        };
        sink(self.part(at, News::Memory(Memory::Mutes(aspect)), Vec::new()));
    }

    async fn mute_rule(&self, name: &str) -> Result<Mute, Problem> {
        let ask = self.clients.cloudwatch.get_alarm_mute_rule();
        let ask = ask.alarm_mute_rule_name(name).send();
        let answer = self.gate.call(Feed::Alarms, &gate::MUTE_RULE, ask).await?;
        let targets = answer.mute_targets().map(MuteTargets::alarm_names);
        Ok(Mute {
            rule: name.into(),
            alarms: targets
                .unwrap_or_default()
                .iter()
                .map(|name| Text::from(name.as_str()))
                .collect(),
        })
    }
}
