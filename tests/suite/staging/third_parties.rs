//! The built binary, services at one third party and scalable targets at another, read back with
//! boto3.

use std::path::Path;
use std::process::{Command, Output};

use crate::endpoints::{self, Seeded, Server};

const ACCOUNT: &str = "123456789012";

/// Prints counts, restore tags and scalable targets as a list of lines.
const READ_BACK: &str = r#"
import json, sys, boto3
ecs_url, scaling_url, account, *clusters = sys.argv[1:]
session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="test", region_name="us-east-1")
ecs = session.client("ecs", endpoint_url=ecs_url)
scaling = session.client("application-autoscaling", endpoint_url=scaling_url)
lines = []
for cluster in sorted(clusters):
    arns = sorted(ecs.list_services(cluster=cluster, maxResults=100)["serviceArns"])
    for one in ecs.describe_services(cluster=cluster, services=arns, include=["TAGS"])["services"]:
        tags = sorted((t["key"], t["value"]) for t in one.get("tags", []))
        lines.append(f"{one['serviceName']} {one['desiredCount']} {tags}")
    tags = ecs.list_tags_for_resource(resourceArn=ecs.describe_clusters(clusters=[cluster])["clusters"][0]["clusterArn"])
    lines.append(f"{cluster} {sorted((t['key'], t['value']) for t in tags['tags'])}")
for one in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]:
    state = one.get("SuspendedState") or {}
    flags = [bool(state.get(k)) for k in ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")]
    lines.append(f"{one['ResourceId']} {one['MinCapacity']}..{one['MaxCapacity']} {flags}")
print(json.dumps(lines))
"#;

struct Stand {
    ministack: Server,
    moto: Server,
    seeded: Seeded,
    home: std::path::PathBuf,
}

impl Stand {
    fn new() -> Option<Self> {
        let (ministack, moto) = (Server::ministack()?, Server::moto()?);
        let seeded = endpoints::seed(&ministack, ACCOUNT, 6, Some(&moto));
        let home = std::env::temp_dir().join(format!("firstline-third-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let config = format!(
            "[[environment]]\nname = \"staging\"\ntier = \"staging\"\naccount = \"{ACCOUNT}\"\n\
             region = \"us-east-1\"\nclusters = {:?}\nallow_unattended = true\n",
            seeded.clusters
        );
        std::fs::write(home.join("config.toml"), config).unwrap();
        Some(Self {
            ministack,
            moto,
            seeded,
            home,
        })
    }

    fn firstline(&self, state: &str, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_firstline"))
            .args(words)
            .env_clear()
            .env("HOME", self.home.join(state))
            .env("FIRSTLINE_CONFIG", self.home.join("config.toml"))
            .env("AWS_ACCESS_KEY_ID", ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &self.ministack.url)
            .env("AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING", &self.moto.url)
            .output()
            .unwrap()
    }

    fn read_back(&self) -> Vec<String> {
        let output = endpoints::python()
            .unwrap()
            .args([
                "-c",
                READ_BACK,
                &self.ministack.url,
                &self.moto.url,
                ACCOUNT,
            ])
            .args(&self.seeded.clusters)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn good(output: &Output) -> String {
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{}\n{told}", output.status);
    told
}

#[test]
fn ministack_and_moto_come_back_as_boto3_saw_them_before() {
    let Some(stand) = Stand::new() else { return };
    let before = stand.read_back();
    assert!(!stand.seeded.scalable_targets.is_empty());
    let refused = stand.firstline("alice", &["stop", "staging", "--confirm", "other"]);
    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(stand.read_back(), before);
    let words = ["stop", "staging", "--yes", "--reason", "schedule"];
    let told = good(&stand.firstline("alice", &words));
    let stopped = stand.read_back();
    for target in &stand.seeded.scalable_targets {
        let asleep = format!("{target} 0..6 [True, True, True]");
        assert!(stopped.contains(&asleep), "{stopped:#?}\n{told}");
    }
    let kept = |line: &&String| line.contains("firstline:restore");
    assert_eq!(
        stopped.iter().filter(kept).count(),
        stand.seeded.services.len(),
        "{stopped:#?}\n{told}"
    );
    good(&stand.firstline("bob", &["start", "staging", "--yes", "--reason", "morning"]));
    assert_eq!(stand.read_back(), before);
    let _ = std::fs::remove_dir_all(Path::new(&stand.home));
}
