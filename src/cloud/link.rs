//! One environment's connection to AWS.

use std::sync::Arc;

use super::budget::Budgets;
use super::clients::Clients;
use super::connect::{Connection, Options};
use super::environment::Traits;
use super::gate::Gate;
use super::read::{AlarmList, DefinitionCache, Fleet, Kpis, TaskLists, TopologyCache};
use super::tail::{Definitions, Span, Tail};
use crate::estate::environment::Environment;
use crate::estate::id::{LogGroup, ServiceArn};
use crate::estate::log::{LogKeys, Masks};
use crate::estate::part::{Part, Read};

/// Takes the parts of a read as they come home.
pub(super) type Sink<'a> = &'a (dyn Fn(Part) + Send + Sync);

/// One environment's connection to AWS: reads, tails and the one way to alter something.
pub struct Link {
    pub(super) environment: Environment,
    pub(super) clients: Clients,
    pub(super) gate: Gate,
    pub(super) budgets: Arc<Budgets>,
    pub(super) fleet: Fleet,
    pub(super) tasks: TaskLists,
    pub(super) alarms: AlarmList,
    pub(super) topology: TopologyCache,
    pub(super) kpis: Kpis,
    pub(super) definitions: Definitions,
    pub(super) masks: Masks,
    pub(super) log_keys: LogKeys,
    pub(super) compared: DefinitionCache,
    pub(super) traits: Traits,
    /// Whether sessions may lead to this machine: only where AWS itself is simulated on it.
    pub(super) loopback: bool,
}

impl Link {
    pub(super) fn new(
        connection: Connection,
        clients: Clients,
        gate: Gate,
        options: &Options,
        budgets: Arc<Budgets>,
    ) -> Self {
        let loopback = options.is_on_this_machine(&connection);
        let fleet = Fleet::remember(&connection, options, &gate.region);
        let tasks = TaskLists::remember(&connection, options, &gate.region);
        let kpis = Kpis::new(connection.kpis, options.prices);
        let environment = Environment {
            region: gate.region.clone(),
            ..connection.environment
        };
        Self {
            environment,
            clients,
            gate,
            budgets,
            fleet,
            tasks,
            alarms: AlarmList::default(),
            topology: TopologyCache::default(),
            kpis,
            definitions: Definitions::default(),
            masks: options.masks.clone(),
            log_keys: options.log_keys.clone(),
            compared: DefinitionCache::default(),
            traits: Traits::default(),
            loopback,
        }
    }

    /// The environment, with its region resolved.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Reads `what` and hands every part to `sink` as soon as it is home. Never fails: what
    /// went wrong travels inside the parts.
    pub async fn read(&self, what: &Read, sink: &(dyn Fn(Part) + Send + Sync)) {
        match what {
            Read::Identity => self.read_identity(sink).await,
            Read::Services => self.read_services(sink).await,
            Read::Stops => self.read_stops(sink).await,
            Read::Alarms => self.read_alarms(sink).await,
            Read::Curves(charted) => self.read_curves(charted, sink).await,
            Read::Census => self.read_census(sink).await,
            Read::Kpis => self.read_kpis(sink).await,
            Read::AtRest => self.read_at_rest(sink).await,
            Read::Tasks(service) => self.read_tasks(service, sink).await,
            Read::Targets(service) => self.read_targets(service, sink).await,
            Read::Closely(service) => self.read_closely(service, sink).await,
            Read::Dossier(service) => self.read_dossier(service, sink).await,
            Read::Mutes => self.read_mutes(sink).await,
            Read::History => self.read_history(sink).await,
            Read::Asleep(services) => self.read_asleep(services, sink).await,
            Read::LastWords {
                service,
                task,
                definition,
            } => self.read_last_words(service, task, definition, sink).await,
            Read::Calendar(names) => self.read_calendar(names, sink).await,
        }
    }

    /// Follows the log lines of `service`. Dropping the tail ends it.
    pub fn tail(self: &Arc<Self>, service: ServiceArn) -> Tail {
        self.tail_of(service, Span::default())
    }

    /// The lines of `service` in a span of time, then what comes unless the span has an end.
    pub fn tail_of(self: &Arc<Self>, service: ServiceArn, span: Span) -> Tail {
        Tail::new(Arc::clone(self), service, span)
    }

    /// The lines of a service, or of the log group whose name stands in its place.
    pub fn tail_of_name(self: &Arc<Self>, name: &ServiceArn, span: Span) -> Tail {
        match name.as_log_group() {
            Some(group) => self.tail_of_group(group, span),
            None => self.tail_of(name.clone(), span),
        }
    }

    /// The lines of a whole log group, whoever writes there.
    pub fn tail_of_group(self: &Arc<Self>, group: LogGroup, span: Span) -> Tail {
        Tail::of_group(Arc::clone(self), group, span)
    }
}
