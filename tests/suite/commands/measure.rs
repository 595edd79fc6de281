//! `firstline kpis`, `alarms` and `cost` over the simulated AWS.

use serde_json::Value;

use super::shell::{Home, Simulator};

#[test]
fn numbers_are_told_as_tables_and_as_json() {
    let (home, aws) = (
        Home::new("measure"),
        Simulator::start("measure", &["--scenario", "steady"]),
    );
    let table = aws.run(&home, &["kpis"]);
    assert_eq!((table.code, &*table.err), (0, ""), "{table:?}");
    assert!(
        table.out.contains("database-connections  orders-db"),
        "{}",
        table.out
    );
    let one = aws.run(&home, &["kpis", "orders", "--since", "1h", "--json"]);
    let report: Value = serde_json::from_str(&one.out).unwrap();
    let kpis = report["kpis"].as_array().unwrap();
    let rate = kpis.iter().find(|kpi| kpi["kind"] == "error-rate").unwrap();
    assert_eq!(
        (&rate["unit"], &rate["level"]),
        (&"percent".into(), &"fine".into())
    );
    assert!(rate["points"].as_array().unwrap().len() > 20, "{rate}");
    assert!(
        kpis.iter()
            .all(|kpi| kpi["services"].as_array().unwrap().len() == 1)
    );
    let nobody = aws.run(&home, &["kpis", "orderz"]);
    assert_eq!(nobody.code, 3, "{nobody:?}");
    assert!(
        nobody.err.contains("did you mean orders?"),
        "{}",
        nobody.err
    );
    let alarms = aws.run(&home, &["alarms"]);
    assert_eq!(
        (alarms.code, &*alarms.out),
        (0, "no alarm rings\n"),
        "{alarms:?}"
    );
    let all = aws.run(&home, &["alarms", "--json"]);
    let all: Value = serde_json::from_str(&all.out).unwrap();
    let all = all["alarms"].as_array().unwrap();
    assert!(all.iter().any(|alarm| alarm["state"] == "OK"), "{all:?}");
    let cost = aws.run(&home, &["cost", "--estimate", "--json"]);
    let cost: Value = serde_json::from_str(&cost.out).unwrap();
    let dollars = |of: &str| cost["estimate"][of].as_f64().unwrap();
    assert!(dollars("shift") < dollars("month") && dollars("month") * 3.0 < dollars("naive"));
}

#[test]
fn a_dashboard_becomes_settings_that_are_taken() {
    let (home, aws) = (
        Home::new("dashboard"),
        Simulator::start("dashboard", &["--scenario", "steady"]),
    );
    let imported = aws.run(&home, &["config", "import-dashboard", "shop"]);
    assert_eq!((imported.code, &*imported.err), (0, ""), "{imported:?}");
    for said in [
        "label       = \"jobs waiting\"",
        "metric      = \"ApproximateNumberOfMessagesVisible\"",
        "amber       = 100.0",
        "kind        = \"database-connections\"",
        "# not taken over: an expression of the widget \"Jobs\"",
    ] {
        assert!(imported.out.contains(said), "{said}: {}", imported.out);
    }
    let unknown = aws.run(&home, &["config", "import-dashboard", "shoq"]);
    assert_eq!((unknown.code, &*unknown.out), (3, ""), "{unknown:?}");
    assert!(
        unknown.err.contains("shoq does not exist"),
        "{}",
        unknown.err
    );
}
