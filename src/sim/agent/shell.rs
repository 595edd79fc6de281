//! A small believable shell for the demo: enough to look around in a container.

use std::fmt::Write as _;

use tokio::sync::mpsc;

use super::program::{Keys, Opening, Place, Program, Said};

/// Ctrl-C.
const INTERRUPT: u8 = 0x03;
/// Ctrl-D.
const END: u8 = 0x04;
/// Backspace, as terminals send it.
const ERASE: u8 = 0x7f;

/// Starts the shell, or the one command it is asked for.
pub(super) fn start(opening: &Opening) -> Program {
    let (keys, typed) = mpsc::unbounded_channel();
    let (say, words) = mpsc::channel(64);
    let shell = Shell {
        place: opening.place.clone(),
        size: (80, 24),
        status: 0,
        waiting: false,
    };
    tokio::spawn(run(shell, opening.clone(), typed, say));
    Program { keys, words }
}

struct Shell {
    place: Place,
    size: (u16, u16),
    status: u8,
    /// A command runs until it is interrupted.
    waiting: bool,
}

/// What a line did.
enum Did {
    Printed(String),
    /// Prints and goes on until it is interrupted.
    Waits(String),
    Exits(u8),
}

async fn run(
    mut shell: Shell,
    opening: Opening,
    mut typed: mpsc::UnboundedReceiver<Keys>,
    say: mpsc::Sender<Said>,
) {
    let script = script(&opening.command);
    if let Some(script) = script {
        if opening.silent && typed.recv().await.is_none() {
            return;
        }
        let words = shell.script(&script);
        let words = words.replace('\n', "\r\n").into_bytes();
        let _ = say.send(words.into()).await;
        return;
    }
    if !opening.silent && say.send(shell.prompt().into()).await.is_err() {
        return;
    }
    let mut line = Vec::new();
    while let Some(keys) = typed.recv().await {
        let bytes = match keys {
            Keys::Size(columns, rows) => {
                shell.size = (columns, rows);
                continue;
            }
            Keys::Bytes(bytes) => bytes,
            Keys::Hangup => return,
        };
        let mut echo = Vec::new();
        for byte in bytes {
            if let Some(_status) = shell.key(byte, &mut line, &mut echo) {
                let _ = say.send(echo.into()).await;
                return;
            }
        }
        for part in echo.chunks(16 * 1024) {
            if say.send(part.to_vec().into()).await.is_err() {
                return;
            }
        }
    }
}

impl Shell {
    fn prompt(&self) -> Vec<u8> {
        if self.place.node {
            return b"sh-5.2$ ".to_vec();
        }
        let short = self.place.task.get(..8).unwrap_or(&self.place.task);
        format!("root@{}-{short}:/app# ", self.place.service).into_bytes()
    }

    /// Takes one key; the exit status when the shell ends.
    fn key(&mut self, byte: u8, line: &mut Vec<u8>, echo: &mut Vec<u8>) -> Option<u8> {
        match byte {
            INTERRUPT => {
                line.clear();
                self.waiting = false;
                self.status = 130;
                echo.extend(b"^C\r\n");
                echo.extend(self.prompt());
            }
            _ if self.waiting => {}
            END if line.is_empty() => {
                echo.extend(b"exit\r\n");
                return Some(self.status);
            }
            ERASE => {
                let text = String::from_utf8_lossy(line).into_owned();
                if let Some((at, _)) = text.char_indices().last() {
                    line.truncate(at);
                    echo.extend(b"\x08 \x08");
                }
            }
            b'\r' | b'\n' => {
                echo.extend(b"\r\n");
                let text = String::from_utf8_lossy(line).into_owned();
                line.clear();
                match self.line(&text) {
                    Did::Exits(status) => return Some(status),
                    Did::Printed(words) => {
                        echo.extend(words.replace('\n', "\r\n").into_bytes());
                        echo.extend(self.prompt());
                    }
                    Did::Waits(words) => {
                        self.waiting = true;
                        echo.extend(words.replace('\n', "\r\n").into_bytes());
                    }
                }
            }
            control if control < 0x20 => {}
            other => {
                line.push(other);
                echo.push(other);
            }
        }
        None
    }

    /// Everything a script of `;` prints.
    fn script(&mut self, script: &str) -> String {
        let mut printed = String::new();
        for command in commands(script) {
            match self.command(&command) {
                Did::Printed(words) | Did::Waits(words) => printed.push_str(&words),
                Did::Exits(_) => break,
            }
        }
        printed
    }

    fn line(&mut self, text: &str) -> Did {
        let mut printed = String::new();
        for command in commands(text) {
            match self.command(&command) {
                Did::Printed(words) => printed.push_str(&words),
                Did::Waits(words) => return Did::Waits(printed + &words),
                Did::Exits(status) => return Did::Exits(status),
            }
        }
        Did::Printed(printed)
    }

    fn command(&mut self, words: &[String]) -> Did {
        let mut words = words.iter().map(String::as_str);
        let Some(program) = words.next() else {
            return Did::Printed(String::new());
        };
        let rest: Vec<&str> = words.collect();
        let before = std::mem::replace(&mut self.status, 0);
        Did::Printed(match program {
            "exit" => {
                let status = rest.first().and_then(|word| word.parse().ok());
                return Did::Exits(status.unwrap_or(before));
            }
            "tail" if rest.contains(&"-f") => return Did::Waits(self.log(10)),
            "sleep" => return Did::Waits(String::new()),
            "tail" => self.log(10),
            "echo" => format!("{}\n", rest.join(" ").replace("$?", &before.to_string())),
            "printf" => printf(&rest, before),
            "false" => {
                self.status = 1;
                String::new()
            }
            "true" | "cd" | "clear" => String::new(),
            "pwd" => "/app\n".to_owned(),
            "whoami" if self.place.node => "ssm-user\n".to_owned(),
            "whoami" => "root\n".to_owned(),
            "hostname" if self.place.node => format!("{}\n", self.place.service),
            "hostname" => format!("{}\n", self.place.address),
            "date" => format!("{}\n", self.place.now),
            "uname" => "Linux\n".to_owned(),
            "stty" if rest == ["size"] => format!("{} {}\n", self.size.1, self.size.0),
            "seq" => seq(&rest),
            "ls" => "Dockerfile\napp\nconfig\nlog\n".to_owned(),
            "ps" => self.processes(),
            "top" => self.top(),
            "env" => self.environment(),
            "df" => disks(),
            "free" => self.free(),
            "cat" => self.file(&rest),
            "curl" | "wget" => self.curl(&rest),
            "kill" if rest.len() == 2 => {
                self.status = rest[1].parse().unwrap_or(1);
                String::new()
            }
            "help" => "ps top env ls cat df free curl tail stty seq echo date exit\n".to_owned(),
            other => {
                self.status = 127;
                format!("sh: {other}: not found\n")
            }
        })
    }

    fn log(&self, lines: usize) -> String {
        let log = &self.place.log;
        let from = log.len().saturating_sub(lines);
        log.get(from..)
            .unwrap_or_default()
            .iter()
            .fold(String::new(), |mut all, line| {
                let _ = writeln!(all, "{line}");
                all
            })
    }

    fn processes(&self) -> String {
        if self.place.node {
            return "    PID TTY          TIME CMD\n      1 ?        00:00:04 systemd\n   1613 ?        00:02:31 amazon-ssm-agent\n   2204 ?        00:00:01 ssm-session-worker\n   2217 pts/0    00:00:00 sh\n   2231 pts/0    00:00:00 ps\n".to_owned();
        }
        format!(
            "PID   USER     TIME  COMMAND\n    1 root      0:00 /sbin/docker-init -- /app/{name}\n    7 app       4:12 /app/{name}\n   31 root      0:00 /managed-agents/execute-command/amazon-ssm-agent\n   58 root      0:00 sh\n   64 root      0:00 ps\n",
            name = self.place.service
        )
    }

    fn top(&self) -> String {
        let used = self.place.memory * 58 / 100;
        format!(
            "Mem: {}K used, {}K free\nCPU:  31% usr   6% sys   0% nic  62% idle\n  PID USER     %MEM %CPU COMMAND\n    7 app        58   31 /app/{}\n    1 root        0    0 /sbin/docker-init\n",
            used * 1024,
            (self.place.memory - used) * 1024,
            self.place.service
        )
    }

    /// Values that could be a secret are masked even here: a demo is shown to people.
    fn environment(&self) -> String {
        let own = [
            ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"),
            ("HOME", "/root"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TERM", "xterm-256color"),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let secret = |name: &str| {
            ["PASSWORD", "SECRET", "TOKEN", "KEY"]
                .iter()
                .any(|word| name.contains(word))
        };
        let lines = self.place.environment.iter().chain(&own);
        lines.fold(String::new(), |mut all, (name, value)| {
            let value = if secret(name) { "********" } else { value };
            let _ = writeln!(all, "{name}={value}");
            all
        })
    }

    fn free(&self) -> String {
        let (all, used) = (self.place.memory, self.place.memory * 58 / 100);
        format!(
            "              total        used        free\nMem:     {all:>10}  {used:>10}  {:>10}\n",
            all - used
        )
    }

    fn file(&mut self, rest: &[&str]) -> String {
        match rest {
            ["/etc/os-release"] => "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME=\"Alpine Linux v3.22\"\n".to_owned(),
            [name] if name.starts_with("log") => self.log(100),
            [name, ..] => {
                self.status = 1;
                format!("cat: can't open '{name}': No such file or directory\n")
            }
            [] => String::new(),
        }
    }

    fn curl(&mut self, rest: &[&str]) -> String {
        let place = rest.iter().find(|word| !word.starts_with('-'));
        let local = place.is_some_and(|url| url.contains("localhost") || url.contains("127.0.0.1"));
        if !local {
            self.status = 6;
            return "curl: (6) Could not resolve host\n".to_owned();
        }
        format!("{}\n", health(&self.place))
    }
}

fn disks() -> String {
    "Filesystem      Size  Used Avail Use% Mounted on\noverlay          30G  9.1G   20G  32% /\ntmpfs            64M     0   64M   0% /dev\nshm              64M     0   64M   0% /dev/shm\n".to_owned()
}

/// What the program says of its own health.
pub(super) fn health(place: &Place) -> String {
    let status = if place.healthy { "ok" } else { "degraded" };
    let name = &place.service;
    format!("{{\"service\":\"{name}\",\"status\":\"{status}\"}}")
}

fn seq(rest: &[&str]) -> String {
    let last = rest.last().and_then(|word| word.parse().ok());
    let mut all = String::new();
    for number in 1..=last.unwrap_or(0_u32).min(1_000_000) {
        let _ = writeln!(all, "{number}");
    }
    all
}

/// Octal escapes, `\n`, `%d` and `%s`: what scripts in this estate use.
fn printf(rest: &[&str], status: u8) -> String {
    let Some((format, rest)) = rest.split_first() else {
        return String::new();
    };
    let mut rest = rest
        .iter()
        .map(|word| word.replace("$?", &status.to_string()));
    let mut printed = String::new();
    let mut characters = format.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek().copied()) {
            ('\\', Some('n')) => {
                characters.next();
                printed.push('\n');
            }
            ('\\', Some('0'..='7')) => {
                let mut digits = String::new();
                while digits.len() < 3
                    && let Some(digit @ '0'..='7') = characters.peek().copied()
                {
                    digits.push(digit);
                    characters.next();
                }
                let code = u8::from_str_radix(&digits, 8).unwrap_or_default();
                printed.push(char::from(code));
            }
            ('%', Some('d' | 's')) => {
                characters.next();
                printed.push_str(&rest.next().unwrap_or_default());
            }
            (other, _) => printed.push(other),
        }
    }
    printed
}

/// The script of `sh -c SCRIPT`, or a command that is no shell; `None` asks for a prompt.
fn script(command: &str) -> Option<String> {
    let words = words(command);
    let shell = |word: &str| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash"));
    match words.as_slice() {
        [] => None,
        [only] if shell(only) => None,
        [first, flag, script, ..] if shell(first) && flag == "-c" => {
            (!script.contains("exec ")).then(|| script.clone())
        }
        _ => Some(command.to_owned()),
    }
}

/// The commands between `;`, each split into words.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![String::new()];
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (None, ';') => {
                commands.push(String::new());
                continue;
            }
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        if let Some(command) = commands.last_mut() {
            command.push(character);
        }
    }
    commands.iter().map(|command| words(command)).collect()
}

/// Splits as a shell does: quotes keep words together, a backslash outside them or before a
/// quotation mark takes the next character as it is.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().extend(characters.next()),
            (Some('"'), '\\') if matches!(characters.peek(), Some('"' | '\\')) => {
                word.get_or_insert_default().extend(characters.next());
            }
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            (_, other) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let line = r#"/bin/sh -c 'echo '\''it'\''; printf "\036%d" $?'"#;
        assert_eq!(
            words(line),
            ["/bin/sh", "-c", r#"echo 'it'; printf "\036%d" $?"#]
        );
        assert_eq!(commands("a 'x;y'; b"), [vec!["a", "x;y"], vec!["b"]]);
    }

    #[test]
    fn a_shell_is_asked_for_by_its_name_or_by_probing() {
        assert_eq!(script("/bin/sh"), None);
        assert_eq!(
            script("sh -c 'command -v bash && exec bash || exec sh'"),
            None
        );
        assert_eq!(script("sh -c 'ls; pwd'").as_deref(), Some("ls; pwd"));
        assert_eq!(
            script("cat /etc/os-release").as_deref(),
            Some("cat /etc/os-release")
        );
    }

    #[test]
    fn a_status_is_told_as_a_real_shell_tells_it() {
        assert_eq!(printf(&[r"\036exit %d\036", "$?"], 3), "\u{1e}exit 3\u{1e}");
    }
}
