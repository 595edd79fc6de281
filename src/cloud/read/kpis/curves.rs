//! KPI values for a chart: further back than the board keeps them, in longer periods.

use std::collections::HashMap;

use futures::future::join;

use super::catalogue::Entry;
use super::{Due, SLOW};
use crate::cloud::link::{Link, Sink};
use crate::estate::aspect::Aspect;
use crate::estate::chart::{Charted, Curve, Then};
use crate::estate::id::KpiId;
use crate::estate::kpi::KpiKind;
use crate::estate::part::News;
use crate::estate::series::Series;
use crate::estate::{SignedDuration, Timestamp};

/// What lies a day or a week back does not change any more: it is asked a while ahead, so that it
/// need not be asked again with every minute that passes.
const AHEAD: SignedDuration = SignedDuration::from_mins(30);

impl Link {
    /// Reads the curves of a chart, with the requests that explain their gaps.
    pub(in crate::cloud) async fn read_curves(&self, charted: &Charted, sink: Sink<'_>) {
        let (topology, ()) = join(self.topology(), self.know_services(sink)).await;
        let at = self.gate.now();
        let tell = |aspect| sink(self.part(at, News::Curves(aspect), Vec::new()));
        if let Some(spent) = self.spent(at) {
            return tell(Aspect::of(at, Err(spent)));
        }
        let all: HashMap<KpiId, Entry> = self
            .entries(&topology)
            .into_iter()
            .map(|entry| (entry.id.clone(), entry))
            .collect();
        let period = charted.span.period(charted.then);
        let wanted = charted.kpis.iter().filter_map(|id| all.get(id));
        let mut ids: Vec<&KpiId> = charted.kpis.iter().collect();
        let companions: Vec<KpiId> = wanted.filter_map(companion).collect();
        ids.extend(&companions);
        ids.sort_unstable();
        ids.dedup();
        let due = ids.into_iter().filter_map(|id| {
            let entry = all.get(id)?.clone();
            let (start, end) = window(charted, &entry, at)?;
            Some(Due { entry, start, end })
        });
        let (answers, problems) = self.ask(due.collect(), period).await;
        let read: HashMap<KpiId, (Timestamp, Series)> = answers
            .into_iter()
            .map(|(due, series)| (due.entry.id, (due.start, series)))
            .collect();
        let curves = charted.kpis.iter().filter_map(|id| {
            let (from, series) = read.get(id)?.clone();
            let requests = companion(all.get(id)?).and_then(|id| read.get(&id));
            Some(Curve {
                key: (id.clone(), charted.span, charted.then),
                from,
                series,
                requests: requests.map(|(_, series)| series.clone()),
            })
        });
        tell(Aspect {
            news: Some(curves.collect()),
            problem: problems.into_iter().next(),
            at: Some(at),
        });
    }
}

/// The request count of the same resource: the identities of one resource differ by their kind.
fn companion(entry: &Entry) -> Option<KpiId> {
    let kind = entry.kind.to_string();
    let resource = entry.id.as_str().strip_prefix(&kind)?;
    let needed = entry.kind.of_traffic() && entry.kind != KpiKind::Requests;
    needed.then(|| KpiId::new(&format!("{}{resource}", KpiKind::Requests)))
}

/// What is asked for one KPI: up to the newest whole period, or as long before.
fn window(charted: &Charted, entry: &Entry, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let newest = entry.metrics.first()?.window_end(now);
    let (start, end) = charted.span.window(newest);
    let back = charted.then.back();
    let ahead = match charted.then {
        Then::Now => SignedDuration::ZERO,
        Then::Yesterday | Then::LastWeek => AHEAD + SLOW,
    };
    Some((start - back, end - back + ahead))
}
