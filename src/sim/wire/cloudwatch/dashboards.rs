//! `GetDashboard`.

use super::INVALID;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};

pub(super) fn get(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let name = input.required_text("DashboardName", INVALID)?;
    let found = account.dashboards.iter().find(|(own, _)| own == name);
    let (name, body) = found.ok_or_else(|| {
        let message = format!("Dashboard {name} does not exist");
        Refusal {
            status: 404,
            ..Refusal::sender("ResourceNotFound", message)
        }
    })?;
    Ok(record! {
        "DashboardArn": account.arn("cloudwatch", &format!("dashboard/{name}")),
        "DashboardBody": body,
        "DashboardName": name,
    })
}
