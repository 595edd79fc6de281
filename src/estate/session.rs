//! A session in a container: a shell, one command, or a forwarded port.

use serde::Serialize;

use super::change::Target;
use super::id::TaskArn;
use super::text::Text;

/// The shell asked for when nobody names a command: `bash` where there is one, else `sh`.
pub const SHELL: &str = "/bin/sh -c 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'";

/// A session about to be opened, with what was believed of the task and its container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// The service the task belongs to: its environment, account, region and cluster.
    #[serde(flatten)]
    pub target: Target,
    /// The task.
    pub task: TaskArn,
    /// The container.
    pub container: Text,
    /// The container's runtime id; another one is another container.
    pub runtime_id: Text,
    /// What it is for.
    pub purpose: Purpose,
    /// Minutes until the console ends it.
    pub minutes: u32,
}

/// What a session is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An interactive shell.
    Shell,
    /// One command, as AWS gets it.
    Command(Text),
    /// A port of the task, or with a host, of a host the task can reach.
    Forward {
        /// The remote host; `None` is the task itself.
        host: Option<Text>,
        /// The remote port.
        port: u16,
    },
}

impl Session {
    /// The verb, as typed on a command line.
    pub const fn verb(&self) -> &'static str {
        match self.purpose {
            Purpose::Shell => "shell",
            Purpose::Command(_) => "exec",
            Purpose::Forward { .. } => "forward",
        }
    }

    /// How Session Manager names the container: `ecs:CLUSTER_TASK_RUNTIME`, names and no ARNs.
    pub fn managed_target(&self) -> String {
        let (cluster, task) = (self.target.cluster.name(), self.task.id());
        format!("ecs:{cluster}_{task}_{}", self.runtime_id)
    }

    /// The command `ExecuteCommand` gets; `None` for a forwarded port, which runs none.
    pub fn command(&self) -> Option<&str> {
        match &self.purpose {
            Purpose::Shell => Some(SHELL),
            Purpose::Command(command) => Some(command),
            Purpose::Forward { .. } => None,
        }
    }

    /// The AWS command-line form of the same request.
    pub(super) fn as_aws_command(&self) -> String {
        let region = &self.target.region;
        match &self.purpose {
            Purpose::Shell | Purpose::Command(_) => format!(
                "aws ecs execute-command --region {region} --cluster {} --task {} --container {} --interactive --command \"{}\"",
                self.target.cluster.name(),
                self.task.id(),
                self.container,
                self.command().unwrap_or_default(),
            ),
            Purpose::Forward { host: None, port } => format!(
                "aws ssm start-session --region {region} --target {} --document-name AWS-StartPortForwardingSession --parameters portNumber={port}",
                self.managed_target(),
            ),
            Purpose::Forward {
                host: Some(host),
                port,
            } => format!(
                "aws ssm start-session --region {region} --target {} --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters host={host},portNumber={port}",
                self.managed_target(),
            ),
        }
    }
}

/// One command line out of `words`, run by the container's shell, which tells its exit status
/// at the end: ECS Exec itself tells none (aws.md 6.1). [`exit_status`] reads it back.
pub fn command_telling_its_status(words: &[String]) -> String {
    let command = words.iter().map(|word| quoted(word));
    let script = format!(
        "{}; printf \"\\036exit %d\\036\" $?",
        command.collect::<Vec<_>>().join(" ")
    );
    format!("/bin/sh -c {}", quoted(&script))
}

/// Splits what such a command printed from its exit status; `None` when it told none.
pub fn exit_status(output: &[u8]) -> (&[u8], Option<u8>) {
    let told = output
        .strip_suffix(b"\x1e")
        .and_then(|rest| Some((rest, rest.iter().rposition(|&byte| byte == 0x1e)?)));
    let Some((rest, at)) = told else {
        return (output, None);
    };
    let words = rest.get(at + 1..).unwrap_or_default();
    let status = std::str::from_utf8(words)
        .ok()
        .and_then(|words| words.strip_prefix("exit ")?.parse().ok());
    match status {
        Some(status) => (rest.get(..at).unwrap_or_default(), Some(status)),
        None => (output, None),
    }
}

/// `word` as a shell reads it back unchanged.
fn quoted(word: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "-_./:=@%+,".contains(one);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_tells_its_status_behind_its_output() {
        let words = ["echo", "it's"].map(str::to_owned);
        assert_eq!(
            command_telling_its_status(&words),
            r#"/bin/sh -c 'echo '\''it'\''\'\'''\''s'\''; printf "\036exit %d\036" $?'"#
        );
        assert_eq!(
            exit_status(b"a\x1eb\n\x1eexit 3\x1e"),
            (&b"a\x1eb\n"[..], Some(3))
        );
        assert_eq!(exit_status(b"cut off"), (&b"cut off"[..], None));
        assert_eq!(exit_status(b"\x1eexit 300\x1e").1, None);
    }

    #[test]
    fn a_container_is_named_by_names() {
        let session = crate::policy::example::session(Purpose::Shell);
        assert_eq!(
            session.managed_target(),
            "ecs:main_0123456789abcdef0123456789abcdef_0123456789abcdef-1"
        );
    }
}
