//! How many connections a database takes: `max_connections`, a number or a formula over the
//! memory of its class (aws.md 3.3). Pure.

use crate::estate::kpi::Ceiling;

/// Bytes of a GiB.
pub(super) const GIB: f64 = 1_073_741_824.0;
/// A formula nested deeper is not one of AWS's.
const DEEPEST: u8 = 16;

/// What decides a database's ceiling.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts<'a> {
    /// `db.r6g.large`.
    pub(super) class: &'a str,
    /// `postgres`, `aurora-mysql`, …
    pub(super) engine: &'a str,
    /// `10.6.14`.
    pub(super) engine_version: &'a str,
    /// The value of the parameter `max_connections`.
    pub(super) parameter: Option<&'a str>,
    /// The parameter group's values wait for a restart.
    pub(super) pending_reboot: bool,
    /// Serverless v2: the most capacity units it may use.
    pub(super) serverless_maximum: Option<f64>,
}

/// The ceiling; exact only when the parameter is a number that is in force.
pub(super) fn ceiling(facts: &Facts<'_>) -> Option<Ceiling> {
    let parameter = facts
        .parameter
        .map(str::trim)
        .filter(|value| !value.is_empty());
    if let Some(number) = parameter.and_then(|value| value.parse::<f64>().ok()) {
        let exact = !facts.pending_reboot;
        return is_ceiling(number).then_some(Ceiling {
            value: number,
            exact,
        });
    }
    let formula = parameter.or_else(|| default_formula(facts.engine, facts.engine_version))?;
    let value = evaluate(formula, usable_memory(facts)?)?.floor();
    is_ceiling(value).then_some(Ceiling {
        value,
        exact: false,
    })
}

/// Zero is SQL Server's "no limit", not a ceiling.
fn is_ceiling(value: f64) -> bool {
    value.is_finite() && value >= 1.0
}

/// The engine's default (aws.md 3.3), for when the parameter group does not say.
fn default_formula(engine: &str, version: &str) -> Option<&'static str> {
    let mut numbers = version
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match engine {
        "postgres" | "aurora-postgresql" => Some("LEAST({DBInstanceClassMemory/9531392},5000)"),
        "mysql" => Some("{DBInstanceClassMemory/12582880}"),
        "mariadb" if version < (10, 5) => Some("{DBInstanceClassMemory/12582880}"),
        "mariadb" => Some("LEAST({DBInstanceClassMemory/25165760},12000)"),
        "aurora-mysql" => Some(
            "GREATEST({log(DBInstanceClassMemory/805306368)*45},{log(DBInstanceClassMemory/8187281408)*1000})",
        ),
        _ => None,
    }
}

/// `DBInstanceClassMemory`: the nominal memory without what the system and RDS keep, about 8 %,
/// on the smallest classes about a quarter (aws.md 3.3).
fn usable_memory(facts: &Facts<'_>) -> Option<f64> {
    if facts.class == "db.serverless" {
        return facts
            .serverless_maximum
            .map(|units| units * 2.0 * GIB * 0.92);
    }
    let size = facts.class.rsplit('.').next()?;
    let share = if matches!(size, "micro" | "small") {
        0.75
    } else {
        0.92
    };
    Some(class_memory(facts.class)? * GIB * share)
}

/// The nominal memory of a class in GiB (aws.md 3.3).
pub(super) fn class_memory(class: &str) -> Option<f64> {
    let (family, size) = class.strip_prefix("db.")?.split_once('.')?;
    let per_large = match family.get(..1)? {
        "t" | "m" => 8.0,
        "r" => 16.0,
        "x" => 32.0,
        _ => return None,
    };
    let small = family.starts_with('t');
    match size {
        "micro" if small => Some(1.0),
        "small" if small => Some(2.0),
        "medium" if small => Some(4.0),
        "large" => Some(per_large),
        "xlarge" => Some(per_large * 2.0),
        many => {
            let times: f64 = many.strip_suffix("xlarge")?.parse().ok()?;
            (times > 0.0).then_some(per_large * 2.0 * times)
        }
    }
}

/// Evaluates one of RDS's parameter formulas; `None` when it is not one.
fn evaluate(formula: &str, memory: f64) -> Option<f64> {
    let mut reader = Reader {
        rest: formula,
        memory,
    };
    let value = reader.sum(DEEPEST)?;
    reader.rest.trim().is_empty().then_some(value)
}

/// Reads a formula from the left.
struct Reader<'a> {
    rest: &'a str,
    memory: f64,
}

impl Reader<'_> {
    fn accept(&mut self, symbol: char) -> bool {
        let rest = self.rest.trim_start();
        let accepted = rest.strip_prefix(symbol);
        self.rest = accepted.unwrap_or(rest);
        accepted.is_some()
    }

    fn sum(&mut self, depth: u8) -> Option<f64> {
        let mut value = self.product(depth)?;
        loop {
            if self.accept('+') {
                value += self.product(depth)?;
            } else if self.accept('-') {
                value -= self.product(depth)?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self, depth: u8) -> Option<f64> {
        let mut value = self.atom(depth)?;
        loop {
            if self.accept('*') {
                value *= self.atom(depth)?;
            } else if self.accept('/') {
                value /= self.atom(depth)?;
            } else {
                return Some(value);
            }
        }
    }

    fn atom(&mut self, depth: u8) -> Option<f64> {
        let depth = depth.checked_sub(1)?;
        for (open, close) in [('{', '}'), ('(', ')')] {
            if self.accept(open) {
                let value = self.sum(depth)?;
                return self.accept(close).then_some(value);
            }
        }
        let end = self
            .rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "DBInstanceClassMemory" => Some(self.memory),
            "LEAST" => self.arguments(depth, f64::min),
            "GREATEST" => self.arguments(depth, f64::max),
            "SUM" => self.arguments(depth, |a, b| a + b),
            "log" => {
                let value = self.arguments(depth, |_, last| last)?;
                Some(value.log2())
            }
            number => number.parse().ok(),
        }
    }

    fn arguments(&mut self, depth: u8, fold: fn(f64, f64) -> f64) -> Option<f64> {
        if !self.accept('(') {
            return None;
        }
        let mut value = self.sum(depth)?;
        while self.accept(',') {
            value = fold(value, self.sum(depth)?);
        }
        self.accept(')').then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POSTGRES: &str = "LEAST({DBInstanceClassMemory/9531392},5000)";

    fn facts<'a>(class: &'a str, engine: &'a str, parameter: Option<&'a str>) -> Facts<'a> {
        Facts {
            class,
            engine,
            engine_version: "",
            parameter,
            pending_reboot: false,
            serverless_maximum: None,
        }
    }

    fn value(facts: &Facts<'_>) -> (f64, bool) {
        let ceiling = ceiling(facts).unwrap();
        (ceiling.value, ceiling.exact)
    }

    #[test]
    fn a_number_is_exact_unless_it_waits_for_a_restart() {
        let number = facts("db.t3.micro", "postgres", Some("87"));
        assert_eq!(value(&number), (87.0, true));
        let waiting = Facts {
            pending_reboot: true,
            ..number
        };
        assert_eq!(value(&waiting), (87.0, false));
        assert_eq!(
            ceiling(&facts("db.m5.large", "sqlserver-se", Some("0"))),
            None
        );
    }

    /// The table "computed from nominal memory" of aws.md 3.3, by column.
    #[test]
    fn the_formulas_give_the_documented_table() {
        let mysql = "{DBInstanceClassMemory/12582880}";
        let aurora = default_formula("aurora-mysql", "").unwrap();
        let mariadb = default_formula("mariadb", "10.11.2").unwrap();
        for (gib, in_mysql, in_mariadb, in_postgres, in_aurora) in [
            (1.0, 85.0, 42.0, 112.0, 18.0),
            (2.0, 170.0, 85.0, 225.0, 63.0),
            (8.0, 682.0, 341.0, 901.0, 153.0),
            (16.0, 1_365.0, 682.0, 1_802.0, 1_069.0),
            (64.0, 5_461.0, 2_730.0, 5_000.0, 3_069.0),
        ] {
            let of = |formula| evaluate(formula, gib * GIB).unwrap().floor();
            assert_eq!(
                (of(mysql), of(mariadb), of(POSTGRES)),
                (in_mysql, in_mariadb, in_postgres)
            );
            assert!(
                (of(aurora) - in_aurora).abs() <= 1.0,
                "{gib} GiB: {}",
                of(aurora)
            );
        }
    }

    #[test]
    fn a_class_leaves_something_to_the_system() {
        // aws.md 3.3: AWS's own table says 1600 to 1722 for an r5/r6g.large.
        assert_eq!(
            value(&facts("db.r6g.large", "postgres", Some(POSTGRES))),
            (1_658.0, false)
        );
        assert_eq!(
            value(&facts("db.t3.micro", "postgres", None)),
            (84.0, false)
        );
        assert_eq!(
            value(&facts("db.r5.4xlarge", "postgres", None)),
            (5_000.0, false)
        );
        let serverless = Facts {
            serverless_maximum: Some(8.0),
            ..facts("db.serverless", "aurora-postgresql", None)
        };
        assert_eq!(value(&serverless), (1_658.0, false));
    }

    #[test]
    fn the_old_mariadb_had_mysqls_formula() {
        let of = |version| {
            default_formula("mariadb", version)
                .unwrap()
                .contains("12582880")
        };
        assert_eq!(
            (of("10.4.34"), of("10.5.1"), of("11.4")),
            (true, false, false)
        );
    }

    #[test]
    fn an_unknown_class_or_formula_has_no_ceiling() {
        assert_eq!(
            ceiling(&facts("db.q9.huge", "postgres", Some(POSTGRES))),
            None
        );
        assert_eq!(
            ceiling(&facts("db.m5.large", "postgres", Some("MAYBE(7)"))),
            None
        );
        assert_eq!(ceiling(&facts("db.m5.large", "db2-ae", None)), None);
        assert_eq!(evaluate(&"{".repeat(100_000), 1.0), None);
    }

    proptest! {
        #[test]
        fn no_formula_breaks_it(formula in "[A-Za-z0-9{}(),/*+. -]{0,40}|\\PC{0,20}") {
            let of = facts("db.m5.large", "postgres", Some(&formula));
            if let Some(ceiling) = ceiling(&of) {
                prop_assert!(ceiling.value.is_finite() && ceiling.value >= 1.0);
            }
        }
    }
}
