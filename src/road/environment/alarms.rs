//! Alarms: muted before anything stops, and allowed to speak when everything was started.

use super::{AGAIN, Halt, Run, TRIES, passes};
use crate::cloud::ApplyError;
use crate::estate::staging::{
    Doing, Event, Goal, Muting, Phase, PlannedMute, Progress, State, Step,
};

impl Run<'_> {
    /// Mutes the plan's alarms or lets them speak. What cannot be muted keeps nobody from
    /// stopping: it is told in its own row.
    pub(super) async fn alarms(&self, progress: &mut Progress) -> Result<(), Halt> {
        let planned = self.plan.mute.as_ref();
        let Some(planned) = planned.filter(|one| one.doing == Doing::Work) else {
            return Ok(());
        };
        self.tell(progress, Event::Phase(Phase::Alarms));
        let state = self.mute(planned, progress).await?;
        let rule = planned.muting.rule.clone();
        self.tell(progress, Event::Other(rule, state));
        Ok(())
    }

    async fn mute(&self, planned: &PlannedMute, progress: &mut Progress) -> Result<State, Halt> {
        let mut tries = 0;
        loop {
            self.renew_lock().await?;
            let seen = self.caller().await?;
            let Muting { rule, alarms, .. } = planned.muting.clone();
            let step = match self.plan.goal {
                Goal::Stop => Step::Mute {
                    rule: rule.clone(),
                    alarms,
                    from: Muting::from_minute(self.now()),
                },
                Goal::Start => Step::Unmute { rule: rule.clone() },
            };
            let state = State::Asking { step: step.clone() };
            self.tell(progress, Event::Other(rule, state));
            let error = match self.ask(&step, &seen).await? {
                Ok(()) => return Ok(State::Done),
                Err(error) => error,
            };
            tries += 1;
            let refused = matches!(&error, ApplyError::Refused(problem) if !passes(&problem.kind));
            if refused || tries > TRIES {
                let words = error.to_string().into();
                return Ok(State::Failed { words });
            }
            // Both calls may be made twice: the rule has one name.
            self.link.rest(AGAIN).await;
        }
    }
}
