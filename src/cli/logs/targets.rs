//! Whose lines are meant: services, environments, log groups, one task, a saved query.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::command::{SAVED, find_service, is_task};
use crate::cli::look;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::cloud::{Link, Span, Tail};
use crate::estate::board::Row;
use crate::estate::id::ServiceArn;
use crate::estate::log::Filter;
use crate::estate::verdict::Judge;

/// The tails, and what of a tail's lines is wanted where a saved query says so.
type Found = (Vec<Tail>, BTreeMap<ServiceArn, Filter>);

/// One tail for each service, group or task meant, or a sentence about what is not there.
pub(super) async fn tails(
    opened: &Opened,
    targets: &[String],
    span: Span,
) -> Result<Found, String> {
    let mut found: Found = (Vec::new(), BTreeMap::new());
    let mut named = Vec::new();
    for target in targets {
        if let Some(name) = target.strip_prefix(SAVED) {
            saved(opened, name, span, &mut found).await?;
        } else if target.starts_with('/') {
            let link = opened.cloud.links().first();
            let link = link.ok_or("no environment is set")?;
            found
                .0
                .push(link.tail_of_group(target.as_str().into(), span));
        } else {
            named.push(target.as_str());
        }
    }
    if !named.is_empty() {
        found.0.extend(of_names(opened, &named, span).await?);
    }
    Ok(found)
}

/// The log groups of the query that was saved under this name.
async fn saved(opened: &Opened, name: &str, span: Span, found: &mut Found) -> Result<(), String> {
    let (environment, query) = opened.cloud.saved_query(name).await?;
    let link = opened.cloud.link(&environment);
    let link = link.ok_or("nothing connects to it")?;
    let filter = query.filter()?;
    for group in &query.groups {
        found.0.push(link.tail_of_group(group.clone(), span));
        found.1.insert(group.as_str().into(), filter.clone());
    }
    Ok(())
}

async fn of_names(opened: &Opened, named: &[&str], span: Span) -> Result<Vec<Tail>, String> {
    let snapshot = look::look_at(opened, &look::SERVICES).await;
    let rows = Judge::default().look(&snapshot, (opened.clock)());
    if rows.is_empty() {
        print::problems(snapshot.problems());
    }
    let mut tails = Vec::new();
    let mut meant: Vec<&Row> = Vec::new();
    for name in named {
        let of: Vec<&Row> = rows
            .iter()
            .filter(|row| row.environment.as_str() == *name)
            .collect();
        match find_service(&rows, name) {
            _ if !of.is_empty() => meant.extend(of),
            Ok(row) => meant.push(row),
            Err(_) if is_task(name) => tails.push(of_task(opened, name, span).await?),
            Err(words) => return Err(words),
        }
    }
    meant.dedup_by(|a, b| a.arn == b.arn);
    for row in meant {
        let link: &Arc<Link> = opened
            .cloud
            .link(&row.environment)
            .ok_or("nothing connects to it")?;
        tails.push(link.tail_of(row.arn.clone(), span));
    }
    Ok(tails)
}

/// The lines of the one task whose id begins so.
async fn of_task(opened: &Opened, written: &str, span: Span) -> Result<Tail, String> {
    let start = written.rsplit('/').next().unwrap_or(written);
    let mut found = Vec::new();
    for link in opened.cloud.links() {
        let tasks = link.tasks_that_begin(start).await;
        let tasks = tasks.map_err(|problem| problem.sentence.to_string())?;
        found.extend(
            tasks
                .into_iter()
                .map(|(service, task)| (link, service, task)),
        );
    }
    found.dedup_by(|a, b| a.2 == b.2);
    match found.as_slice() {
        [(link, service, task)] => Ok(link.tail_of(service.clone(), span).of_task(task)),
        [] => Err(format!(
            "no service is called {written:?} and no task begins so; AWS forgets a task an hour \
             after it stopped, its lines are then those of its service"
        )),
        several => {
            let ids = several.iter().map(|(_, service, task)| {
                let id = task.id().get(..12).unwrap_or_default();
                format!("{id} of {}", service.name())
            });
            let ids: Vec<String> = ids.take(6).collect();
            let words = ids.join(", ");
            Err(format!(
                "several tasks begin with {start}: {words}; write more of one"
            ))
        }
    }
}
