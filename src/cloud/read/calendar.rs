//! Change calendars: are changes open now?

use aws_sdk_ssm::types::CalendarState as State;

use crate::cloud::gate;
use crate::cloud::link::{Link, Sink};
use crate::estate::calendar::CalendarState;
use crate::estate::part::News;
use crate::estate::problem::Feed;
use crate::estate::text::Text;

impl Link {
    pub(in crate::cloud) async fn read_calendar(&self, names: &[Text], sink: Sink<'_>) {
        let at = self.gate.now();
        let names = names.iter().map(|one| one.as_str().to_owned()).collect();
        let ask = self
            .clients
            .managed
            .get_calendar_state()
            .set_calendar_names(Some(names))
            .send();
        let (state, problems) = match self.gate.call(Feed::Calendar, &gate::CALENDAR, ask).await {
            Ok(answer) => {
                let open = match answer.state() {
                    Some(State::Open) => Some(true),
                    Some(State::Closed) => Some(false),
                    Some(_) | None => None,
                };
                let next = answer.next_transition_time().map(Text::from);
                (CalendarState { open, next }, Vec::new())
            }
            Err(problem) => (CalendarState::default(), vec![problem]),
        };
        sink(self.part(at, News::Calendar(state), problems));
    }
}
