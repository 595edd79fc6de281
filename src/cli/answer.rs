//! The dialog on a command line: the facts shown, the flags or what is typed taken.

use std::io::{self, BufRead, Write};

use crate::cloud::ApplyError;
use crate::journal::EntryId;
use crate::policy::{Answer, Challenge, Mark, Reason};

use crate::road::Carried;

use super::exit::Exit;
use super::manner;
use super::print;

/// Says why not, and what to do instead.
pub(super) fn refuse(reason: &Reason) -> Exit {
    print::problem(&format!("refused ({}): {}", reason.rule, reason.sentence));
    print::problem(&format!("instead: {}", reason.alternative));
    Exit::Refused
}

/// Says what an answer that is not enough lacks.
pub(super) fn unanswered(challenge: &Challenge) -> Exit {
    let complaint = challenge.complaint.unwrap_or("no answer");
    print::problem(&format!("refused: {complaint}"));
    Exit::Refused
}

/// The facts first, as the dialog shows them.
pub(super) fn show(
    challenge: &Challenge,
    say: impl Fn(&str) -> io::Result<()>,
) -> anyhow::Result<()> {
    let alias = challenge
        .alias
        .as_ref()
        .map(|alias| format!("{alias} "))
        .unwrap_or_default();
    let name = match challenge.confirm.as_str() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    say(&format!(
        "{}{name} in {} ({alias}{})",
        challenge.verb,
        challenge.tier.word().to_uppercase(),
        challenge.account
    ))?;
    for line in &challenge.lines {
        say(&format!(
            "  {:<8} {:<12} {}",
            word(line.mark),
            line.label,
            line.words
        ))?;
    }
    Ok(())
}

/// How a fact bears on the change, in a word.
pub(super) const fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Note => "",
        Mark::Ok => "ok",
        Mark::Warn => "careful",
        Mark::Bad => "bad",
    }
}

/// What is missing where nobody can be asked for it, and how to say it.
pub(super) fn missing(
    reason: Option<&String>,
    confirm: Option<&String>,
    challenge: &Challenge,
) -> Option<String> {
    let reason = reason.is_none().then(|| "--reason WORDS".to_owned());
    let confirm = confirm.is_none() && !challenge.confirm.is_empty();
    let confirm = confirm.then(|| format!("--confirm {}", challenge.confirm));
    let flags: Vec<String> = [reason, confirm].into_iter().flatten().collect();
    (!flags.is_empty() && !manner::may_ask()).then(|| {
        format!(
            "refused: nobody sits here to be asked; add {}",
            flags.join(" and ")
        )
    })
}

/// The flags, and where they are missing, what the person types.
pub(super) fn answer(
    reason: Option<&String>,
    confirm: Option<&String>,
    challenge: &Challenge,
) -> io::Result<Answer> {
    let ask = |question: &str, given: Option<&String>| match given {
        Some(given) => Ok(given.clone()),
        None => typed(question),
    };
    let reason = ask("reason: ", reason)?;
    let confirm = if challenge.confirm.is_empty() {
        String::new() // no name is asked for
    } else {
        ask(&format!("type {} to go on: ", challenge.confirm), confirm)?
    };
    Ok(Answer {
        typed: confirm,
        reason,
        acknowledged: Vec::new(),
    })
}

/// What became of a change of this verb that was asked for: its journal entry, or the exit code
/// where it was not done. Says everything that went wrong on the way.
pub(super) fn became(verb: &str, done: &str, carried: Carried) -> Result<EntryId, Exit> {
    let (intent, answer, unrecorded) = match carried {
        Carried::NotAsked(error) => {
            print::problem(&format!(
                "nothing was {done}: the journal took no line: {error}"
            ));
            return Err(Exit::Refused);
        }
        Carried::Asked {
            intent,
            answer,
            unrecorded,
        } => (intent, answer, unrecorded),
    };
    if let Some(error) = unrecorded {
        print::problem(&format!(
            "the outcome of {intent} could not be recorded: {error}"
        ));
    }
    let Err(error) = answer else {
        return Ok(intent);
    };
    print::problem(&format!("{verb}: {error}; journal entry {intent}"));
    Err(match error {
        ApplyError::Moved(_) => Exit::Moved,
        ApplyError::Unchecked(_) => Exit::Refused,
        ApplyError::Refused(_) | ApplyError::Unclear(_) | ApplyError::Halted(_) => Exit::Failed,
    })
}

/// Asks on the terminal and takes one line, trimmed.
pub(super) fn typed(question: &str) -> io::Result<String> {
    let mut out = io::stderr();
    out.write_all(question.as_bytes())?;
    out.flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        // Ctrl-D: the cursor stands behind the question still.
        out.write_all(b"\n")?;
        let words = "nobody answered, so nothing was done";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, words));
    }
    Ok(line.trim().to_owned())
}
