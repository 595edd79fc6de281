//! From the SDK's failures to sentences a person can act on.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::gate::Operation;
use crate::estate::Timestamp;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::sign_in::SignIn;
use crate::estate::text::Text;

/// What was asked when it failed.
pub(super) struct Asked<'a> {
    pub(super) feed: Feed,
    pub(super) operation: &'static Operation,
    /// How the credentials come back.
    pub(super) sign_in: &'a SignIn,
    pub(super) at: Timestamp,
}

/// A failed call without its operation's own types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// AWS answered with an error code.
    Refused {
        /// AWS's code.
        code: String,
        /// AWS's words.
        message: String,
        /// The HTTP status.
        status: u16,
    },
    /// Something answered that is not AWS, or AWS in words nobody can read.
    Unreadable {
        /// The HTTP status.
        status: u16,
    },
    /// No answer came: the chain of causes.
    Silent {
        /// Everything the causes say.
        causes: String,
    },
    /// The request never left: the chain of causes.
    Unsent {
        /// Everything the causes say.
        causes: String,
    },
}

impl Failure {
    /// Strips the operation's types off an SDK error.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let causes = || DisplayErrorContext(error).to_string();
        match error {
            SdkError::ServiceError(service) => match service.err().code() {
                Some(code) => Self::Refused {
                    code: code.to_owned(),
                    message: service.err().message().unwrap_or_default().to_owned(),
                    status: service.raw().status().as_u16(),
                },
                None => Self::Unreadable {
                    status: service.raw().status().as_u16(),
                },
            },
            SdkError::ResponseError(response) => Self::Unreadable {
                status: response.raw().status().as_u16(),
            },
            SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
                Self::Silent { causes: causes() }
            }
            SdkError::TimeoutError(_) => Self::Silent { causes: causes() },
            // The SDK calls a connection that ends before the answer neither I/O nor a time-out.
            SdkError::DispatchFailure(failure) if was_cut(failure) => {
                Self::Silent { causes: causes() }
            }
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) | _ => {
                Self::Unsent { causes: causes() }
            }
        }
    }

    /// The failure as the snapshot keeps it.
    pub(super) fn explain(&self, asked: &Asked<'_>) -> Problem {
        let kind = self.kind(asked.operation);
        let sentence = self.sentence(&kind, asked);
        Problem {
            feed: asked.feed,
            operation: asked.operation.name,
            kind,
            sentence: Text::clean(&sentence),
            at: asked.at,
        }
    }

    /// The class of the failure.
    pub(super) fn kind(&self, operation: &Operation) -> ProblemKind {
        match self {
            Self::Refused { code, message, .. } => refusal(code, message, operation),
            Self::Unreadable { .. } => ProblemKind::Unreadable,
            Self::Silent { .. } => ProblemKind::Unreachable,
            Self::Unsent { causes } => unsent(causes),
        }
    }

    /// Whether AWS refused with exactly this code.
    pub(super) fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }

    /// Whether nothing can have happened: AWS said no, or the request had no credentials to
    /// leave with. A lost or unreadable answer, or trouble inside AWS, proves nothing.
    pub(super) fn is_a_clear_no(&self, operation: &Operation) -> bool {
        match self {
            Self::Refused { status, .. } => (400..500).contains(status),
            Self::Unreadable { .. } | Self::Silent { .. } => false,
            Self::Unsent { .. } => matches!(
                self.kind(operation),
                ProblemKind::NoRegion | ProblemKind::NoCredentials | ProblemKind::Expired
            ),
        }
    }

    /// Whether AWS refused the keys themselves, and not their age.
    fn is_refused_key(&self) -> bool {
        let Self::Refused { code, message, .. } = self else {
            return false;
        };
        let aged = |words: &str| words.to_lowercase().contains("expired");
        !aged(code) && !aged(message) && !code.ends_with("TokenRefreshRequired")
    }

    fn sentence(&self, kind: &ProblemKind, asked: &Asked<'_>) -> String {
        let operation = asked.operation.name;
        match kind {
            ProblemKind::Throttled => {
                format!("AWS asks for fewer {operation} calls; the next look comes later")
            }
            ProblemKind::Denied { action } => {
                format!("you may not {operation}: the permission {action} is missing")
            }
            ProblemKind::Expired => {
                let what = if self.is_refused_key() {
                    "AWS does not accept the credentials"
                } else {
                    "the credentials ran out"
                };
                format!("{what}: {}", asked.sign_in.told())
            }
            ProblemKind::NoCredentials => {
                let mend = asked.sign_in.told();
                let other = match asked.sign_in {
                    SignIn::Tool(words) if !words.iter().any(|one| one == "--profile") => {
                        ", or choose a profile with --profile"
                    }
                    SignIn::Tool(_) | SignIn::ByHand(_) => "",
                };
                format!("no AWS credentials were found: {mend}{other}")
            }
            ProblemKind::NoRegion => "no region is set: give --region or set AWS_REGION".to_owned(),
            ProblemKind::Unreachable => {
                format!("nobody answered {operation}: {}", self.innermost())
            }
            ProblemKind::ClockSkew => {
                "this machine's clock differs too much from AWS's: set the clock".to_owned()
            }
            ProblemKind::Unreadable => {
                let status = self.innermost();
                format!(
                    "the answer to {operation} ({status}) is not AWS's: is a proxy in between, or the endpoint wrong?"
                )
            }
            ProblemKind::NotFound | ProblemKind::Other => {
                format!("{operation} failed: {}", self.innermost())
            }
        }
    }

    /// The most telling words of the failure.
    fn innermost(&self) -> String {
        match self {
            Self::Refused { code, message, .. } if message.is_empty() => code.clone(),
            Self::Refused { code, message, .. } => format!("{message} ({code})"),
            Self::Unreadable { status } => format!("HTTP {status}"),
            Self::Silent { causes } | Self::Unsent { causes } => {
                // Behind the chain of causes stands the error once more, as Rust prints it for
                // those who debug.
                let debug = [
                    "(DispatchFailure(",
                    "(TimeoutError(",
                    "(ConstructionFailure(",
                ];
                let told = debug.iter().filter_map(|start| causes.find(start)).min();
                let causes = causes[..told.unwrap_or(causes.len())].trim_end();
                let last = causes.rsplit(": ").next().unwrap_or(causes);
                // The words say it; the operating system's number helps nobody at night.
                let words = last.split(" (os error").next().unwrap_or(last);
                words.chars().take(200).collect()
            }
        }
    }
}

/// Whether somebody took the connection and let it go before the answer: nobody knows whether
/// the request was carried out.
fn was_cut(failure: &DispatchFailure) -> bool {
    let chain = failure.as_connector_error();
    let mut cause = chain.and_then(Error::source);
    while let Some(one) = cause {
        let words = one.to_string();
        if words.contains("connection closed") || words.contains("connection error") {
            return true;
        }
        cause = one.source();
    }
    false
}

/// The class of an error code. AWS's services spell the same refusal differently.
fn refusal(code: &str, message: &str, operation: &Operation) -> ProblemKind {
    let code = code.rsplit('#').next().unwrap_or(code);
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "LimitExceededException"
        | "SlowDown" => ProblemKind::Throttled,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "UnauthorizedException"
        | "NotAuthorized"
        | "AuthorizationError"
        | "AuthorizationErrorException" => ProblemKind::Denied {
            action: missing_action(message, operation).into(),
        },
        "RequestTimeTooSkewed" | "RequestInTheFuture" | "RequestExpired" => ProblemKind::ClockSkew,
        "InvalidSignatureException" | "SignatureDoesNotMatch"
            if message.contains("Signature expired")
                || message.contains("Signature not yet current") =>
        {
            ProblemKind::ClockSkew
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "TokenRefreshRequired"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException"
        | "UnrecognizedClient"
        | "InvalidClientTokenId"
        | "InvalidToken"
        | "AuthFailure"
        | "IncompleteSignature" => ProblemKind::Expired,
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            ProblemKind::NoCredentials
        }
        other if other.contains("NotFound") => ProblemKind::NotFound,
        _ => ProblemKind::Other,
    }
}

/// The action AWS names (`… is not authorized to perform: ecs:ListServices on resource: …`),
/// otherwise the operation's own.
fn missing_action(message: &str, operation: &Operation) -> String {
    let named = message
        .split_once("to perform: ")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .map(|action| action.trim_end_matches([',', '.', ';']))
        .filter(|action| action.contains(':'));
    named.map_or_else(
        || format!("{}:{}", operation.service, operation.name),
        str::to_owned,
    )
}

/// The class of a request that never left.
fn unsent(causes: &str) -> ProblemKind {
    let says = |word: &str| causes.contains(word);
    if says("AssumeRole") && says("AccessDenied") {
        let action = "sts:AssumeRole".into();
        return ProblemKind::Denied { action };
    }
    if says("MissingSigningRegion")
        || says("region must be set")
        || says("Invalid Configuration: Missing Region")
    {
        ProblemKind::NoRegion
    } else if says("expired") || says("InvalidGrant") || says("cached SSO token") {
        ProblemKind::Expired
    } else if says("CredentialsNotLoaded") || says("no providers in chain") || says("credential") {
        ProblemKind::NoCredentials
    } else if says("dispatch failure") && (says("io error") || says("timeout")) {
        ProblemKind::Unreachable
    } else {
        ProblemKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::gate;

    fn refused(code: &str, message: &str) -> Failure {
        Failure::Refused {
            code: code.into(),
            message: message.into(),
            status: 400,
        }
    }

    fn problem(failure: &Failure) -> Problem {
        failure.explain(&Asked {
            feed: Feed::Inventory,
            operation: &gate::LIST_SERVICES,
            sign_in: &SignIn::sso(Some("ops")),
            at: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn credentials_that_no_login_brings_are_told_by_what_does() {
        let told = |failure: &Failure, sign_in: &SignIn| {
            let asked = Asked {
                feed: Feed::Inventory,
                operation: &gate::LIST_SERVICES,
                sign_in,
                at: Timestamp::UNIX_EPOCH,
            };
            failure.explain(&asked).sentence.to_string()
        };
        let keys = SignIn::ByHand("put new keys of profile ops into ~/.aws/credentials".into());
        assert_eq!(
            told(&refused("ExpiredTokenException", ""), &keys),
            "the credentials ran out: put new keys of profile ops into ~/.aws/credentials"
        );
        assert_eq!(
            told(
                &refused(
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid."
                ),
                &keys
            ),
            "AWS does not accept the credentials: put new keys of profile ops into ~/.aws/credentials"
        );
        let none = Failure::Unsent {
            causes: "CredentialsNotLoaded".into(),
        };
        assert!(
            told(&none, &SignIn::sso(None))
                .ends_with("run aws sso login, or choose a profile with --profile")
        );
    }

    #[test]
    fn a_missing_permission_is_named_as_aws_names_it_or_as_the_operation() {
        let denied = |message| {
            let kind = problem(&refused("AccessDeniedException", message)).kind;
            let ProblemKind::Denied { action } = kind else {
                panic!("{kind:?}");
            };
            action.to_string()
        };
        let aws = "User: arn:aws:sts::1:assumed-role/ops/alice is not authorized to perform: \
                   elasticloadbalancing:DescribeTargetGroups because no policy allows it";
        assert_eq!(denied(aws), "elasticloadbalancing:DescribeTargetGroups");
        assert_eq!(denied("no"), "ecs:ListServices");
        assert_eq!(denied("to perform: nothing"), "ecs:ListServices");
    }

    #[test]
    fn every_class_has_its_sentence() {
        use ProblemKind::{ClockSkew, Expired, NotFound, Other, Throttled};
        for (code, message, kind, words) in [
            (
                "ThrottlingException",
                "Rate exceeded",
                Throttled,
                "fewer ListServices calls",
            ),
            ("com.amazonaws#Throttling", "", Throttled, "fewer"),
            (
                "ExpiredTokenException",
                "",
                Expired,
                "aws sso login --profile ops",
            ),
            ("InvalidClientTokenId", "", Expired, "aws sso login"),
            (
                "InvalidSignatureException",
                "Signature expired: x",
                ClockSkew,
                "set the clock",
            ),
            ("RequestTimeTooSkewed", "", ClockSkew, "set the clock"),
            (
                "ClusterNotFoundException",
                "Cluster not found.",
                NotFound,
                "Cluster not found.",
            ),
            (
                "InvalidParameterException",
                "bad",
                Other,
                "bad (InvalidParameterException)",
            ),
        ] {
            let problem = problem(&refused(code, message));
            assert_eq!(problem.kind, kind, "{code}");
            assert!(problem.sentence.contains(words), "{}", problem.sentence);
        }
    }

    #[test]
    fn what_never_reached_aws_is_told_apart() {
        let unsent = |causes: &str| Failure::Unsent {
            causes: causes.into(),
        };
        let kind = |causes| problem(&unsent(causes)).kind;
        let none = "dispatch failure: other: an error occurred while loading credentials \
                    (CredentialsNotLoaded): no providers in chain provided credentials";
        assert_eq!(kind(none), ProblemKind::NoCredentials);
        assert_eq!(kind("the SSO session has expired"), ProblemKind::Expired);
        assert_eq!(kind("MissingSigningRegion"), ProblemKind::NoRegion);
        assert_eq!(kind("no idea"), ProblemKind::Other);
        let silent = Failure::Silent {
            causes: "dispatch failure: io error: Connection refused (os error 111)".into(),
        };
        let problem = problem(&silent);
        assert_eq!(problem.kind, ProblemKind::Unreachable);
        assert!(
            problem.sentence.ends_with("Connection refused"),
            "{}",
            problem.sentence
        );
        let page = super::tests::problem(&Failure::Unreadable { status: 502 });
        assert!(page.sentence.contains("HTTP 502"), "{}", page.sentence);
    }

    #[test]
    fn a_connection_that_ends_before_the_answer_is_an_answer_that_never_came() {
        use aws_smithy_runtime_api::client::result::ConnectorError;
        type Sdk = SdkError<aws_sdk_ecs::operation::list_services::ListServicesError, HttpResponse>;
        let cut = |words: &str| {
            let source = std::io::Error::other(words.to_owned());
            Failure::of(&Sdk::dispatch_failure(ConnectorError::other(
                source.into(),
                None,
            )))
        };
        let failure = cut("connection closed before message completed");
        let problem = problem(&failure);
        assert_eq!(problem.kind, ProblemKind::Unreachable);
        assert!(
            problem.sentence.starts_with("nobody answered"),
            "{}",
            problem.sentence
        );
        assert!(
            !failure.is_a_clear_no(&gate::UPDATE_SERVICE),
            "it may have been carried out"
        );
        assert!(matches!(cut("no idea"), Failure::Unsent { .. }));
    }

    #[test]
    fn only_a_real_no_is_a_no() {
        let operation = &gate::UPDATE_SERVICE;
        let no = |failure: Failure| failure.is_a_clear_no(operation);
        assert!(no(refused("AccessDeniedException", "")));
        assert!(no(refused("ThrottlingException", "")));
        assert!(no(Failure::Unsent {
            causes: "CredentialsNotLoaded".into()
        }));
        let inside = Failure::Refused {
            code: "ServerException".into(),
            message: String::new(),
            status: 500,
        };
        for unclear in [
            inside,
            Failure::Unreadable { status: 200 },
            Failure::Silent {
                causes: String::new(),
            },
            Failure::Unsent {
                causes: "who knows".into(),
            },
        ] {
            assert!(!no(unclear.clone()), "{unclear:?}");
        }
    }

    #[test]
    fn an_answer_cannot_write_on_the_terminal() {
        let problem = problem(&refused("X", "\u{1b}[2Jgone"));
        assert!(!problem.sentence.contains('\u{1b}'));
    }
}
