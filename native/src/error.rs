//! Maps DataFusion, Arrow and Ballista errors to the error codes of the API. The only place that does.

use ballista_core::error::BallistaError;
use base64::prelude::{Engine, BASE64_STANDARD};
use datafusion::common::utils::datafusion_strsim::normalized_levenshtein;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;
use futures::FutureExt;
use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::task::JoinError;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    AddressInUse,
    Arrow,
    Closed,
    Config,
    Connection,
    Execution,
    FileExists,
    Forbidden,
    Internal,
    InvalidArgument,
    Io,
    JobCancelled,
    JobFailed,
    NoExecutors,
    NotImplemented,
    ObjectStore,
    Plan,
    ResourcesExhausted,
    Schema,
    SqlParse,
    Udf,
    Unauthorized,
    Version,
}

impl Code {
    const ALL: [Self; 23] = [
        Self::AddressInUse,
        Self::Arrow,
        Self::Closed,
        Self::Config,
        Self::Connection,
        Self::Execution,
        Self::FileExists,
        Self::Forbidden,
        Self::Internal,
        Self::InvalidArgument,
        Self::Io,
        Self::JobCancelled,
        Self::JobFailed,
        Self::NoExecutors,
        Self::NotImplemented,
        Self::ObjectStore,
        Self::Plan,
        Self::ResourcesExhausted,
        Self::Schema,
        Self::SqlParse,
        Self::Udf,
        Self::Unauthorized,
        Self::Version,
    ];

    fn name(self) -> &'static str {
        match self {
            Code::AddressInUse => "ADDRESS_IN_USE",
            Code::Arrow => "ARROW",
            Code::Closed => "CLOSED",
            Code::Config => "CONFIG",
            Code::Connection => "CONNECTION",
            Code::Execution => "EXECUTION",
            Code::FileExists => "FILE_EXISTS",
            Code::Forbidden => "FORBIDDEN",
            Code::Internal => "INTERNAL",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::Io => "IO",
            Code::JobCancelled => "JOB_CANCELLED",
            Code::JobFailed => "JOB_FAILED",
            Code::NoExecutors => "NO_EXECUTORS",
            Code::NotImplemented => "NOT_IMPLEMENTED",
            Code::ObjectStore => "OBJECT_STORE",
            Code::Plan => "PLAN",
            Code::ResourcesExhausted => "RESOURCES_EXHAUSTED",
            Code::Schema => "SCHEMA",
            Code::SqlParse => "SQL_PARSE",
            Code::Udf => "UDF",
            Code::Unauthorized => "UNAUTHORIZED",
            Code::Version => "VERSION",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Error {
    pub code: Code,
    pub message: String,
    pub job_id: Option<String>,
    /// What a TypeScript UDF threw, as its worker writes it.
    pub thrown: Option<String>,
}

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            job_id: None,
            thrown: None,
        }
    }

    /// `what` is the kind of thing, for example "operator". Nothing of this kind has the name.
    pub fn unknown(code: Code, what: &str, name: &str) -> Self {
        Self::new(code, format!("The {what} \"{name}\" does not exist."))
    }

    /// What a limit of this package refused, inside of an error of the engine. Readers and writers wrap it in errors of their
    /// own.
    pub fn refusal_in(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let causes = std::iter::successors(Some(error), |error| error.source());
        let mut own = causes.filter_map(|error| error.downcast_ref::<Self>());
        own.find(|error| matches!(error.code, Code::Forbidden | Code::ResourcesExhausted))
            .cloned()
    }

    pub fn of_job(mut self, job_id: &str) -> Self {
        self.job_id = Some(job_id.to_owned());
        self
    }
}

/// Marks the start of an encoded error in the error message of a job.
const BEGIN: &str = "<ballista-error:";
const END: &str = ">";

impl Error {
    /// Encodes the error in a string for `found_in`, because Ballista keeps only the message of a job's
    /// failure.
    pub fn in_text(&self) -> String {
        let encoded = BASE64_STANDARD.encode(&self.message);
        format!("{} {BEGIN}{}:{encoded}{END}", self.message, self.code.name())
    }

    pub fn found_in(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once(BEGIN)?;
        let (body, _) = rest.split_once(END)?;
        let (code, encoded) = body.split_once(':')?;
        let code = Code::ALL.into_iter().find(|known| known.name() == code)?;
        let message = BASE64_STANDARD.decode(encoded).ok()?;
        Some(Self::new(code, String::from_utf8(message).ok()?))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The error keeps its code and job id inside the DataFusion error.
impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        DataFusionError::External(Box::new(error))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::new(Code::Io, error.to_string())
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        (&error).into()
    }
}

impl From<&DataFusionError> for Error {
    fn from(error: &DataFusionError) -> Self {
        use DataFusionError as D;
        if let Some(refusal) = Error::refusal_in(error) {
            return refusal;
        }
        let code = match error {
            D::Context(_, inner) | D::Diagnostic(_, inner) => return inner.as_ref().into(),
            D::Shared(inner) => return inner.as_ref().into(),
            D::Collection(errors) if !errors.is_empty() => return (&errors[0]).into(),
            D::External(inner) => return from_external(inner.as_ref()),
            D::SQL(parser, _) => return Error::new(Code::SqlParse, parser_message(parser)),
            D::ArrowError(inner, _) => {
                use datafusion::arrow::error::ArrowError as A;
                match inner.as_ref() {
                    A::ExternalError(inner) => return from_external(inner.as_ref()),
                    A::IoError(..) => Code::Io,
                    A::SchemaError(_) => Code::Schema,
                    _ => Code::Arrow,
                }
            }
            D::ExecutionJoin(task) if task.is_panic() => return panicked_with(&task.to_string()),
            D::SchemaError(kind, _) => match kind.as_ref() {
                SchemaError::AmbiguousReference { field } => return ambiguous(&field.name),
                _ => Code::Schema,
            },
            D::Plan(_) => Code::Plan,
            D::Configuration(_) => Code::Config,
            D::NotImplemented(_) => Code::NotImplemented,
            D::ResourcesExhausted(_) => Code::ResourcesExhausted,
            D::ObjectStore(inner) => return Error::new(Code::ObjectStore, store_message(inner)),
            D::IoError(_) => Code::Io,
            D::Internal(_) => Code::Internal,
            _ => Code::Execution,
        };
        Error::new(code, without_signatures(without_plea(&error.message())))
    }
}

/// A question for the name that is most like an unknown one. `alike`: how much it must be, from 0 to 1. `None`: no name is.
pub fn did_you_mean(
    unknown: &str,
    names: impl IntoIterator<Item = impl AsRef<str> + Ord>,
    alike: f64,
) -> Option<String> {
    let scored = names
        .into_iter()
        .map(|name| (normalized_levenshtein(name.as_ref(), unknown), name));
    let nearest = scored
        .filter(|(score, _)| *score > alike)
        .max_by(|(a, first), (b, second)| a.total_cmp(b).then_with(|| second.cmp(first)));
    nearest.map(|(_, name)| format!(" Did you mean \"{}\"?", name.as_ref()))
}

fn ambiguous(name: &str) -> Error {
    let text = format!(
        "Several columns have the name \"{name}\". Write the table before it, as in t.{name}, or give one of them an alias, as in \
         (SELECT …) AS other."
    );
    Error::new(Code::Schema, text)
}

/// Where no signature of a function fits, the message of the engine begins with all of them in the notation of Rust. At its end,
/// they are as in SQL.
fn without_signatures(message: String) -> String {
    let is_dump = BEFORE_SIGNATURES.iter().any(|begin| message.starts_with(begin));
    match message.find(NO_SIGNATURE).filter(|_| is_dump) {
        Some(at) => message[at..].to_owned(),
        None => message,
    }
}

const BEFORE_SIGNATURES: [&str; 2] = [
    "Internal error: Function '",
    "Failed to coerce arguments to satisfy a call",
];

const NO_SIGNATURE: &str = "No function matches the given name and argument types";

/// The engine asks users to report its errors. They should report them here.
const PLEA: &str = "This issue was likely caused by a bug in DataFusion's code.";

/// A message of the engine without its request to file a bug.
pub fn without_plea(message: &str) -> String {
    let mut text = message.to_owned();
    while let Some(start) = text.find(PLEA) {
        let rest = &text[start + PLEA.len()..];
        // The request ends with a URL.
        let end = rest
            .find("/issues")
            .map_or(rest.len(), |end| end + "/issues".len());
        let rest = rest[end..].to_owned();
        text.truncate(start);
        // In a string that was printed for debugging, line breaks are escaped.
        let kept = text.trim_end().trim_end_matches("\\n").len();
        text.truncate(kept);
        text.push_str(&rest);
    }
    text
}

fn store_message(error: &object_store::Error) -> String {
    use object_store::Error as E;
    match error {
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => format!(
            "{error}. Set credentials in the environment of every process that reads the files, or register a store that has \
             them with registerObjectStore."
        ),
        _ => error.to_string(),
    }
}

fn from_external(error: &(dyn std::error::Error + 'static)) -> Error {
    if let Some(error) = error.downcast_ref::<Error>() {
        return error.clone();
    }
    if let Some(error) = error.downcast_ref::<DataFusionError>() {
        return error.into();
    }
    if let Some(error) = error.downcast_ref::<BallistaError>() {
        return error.into();
    }
    // How the engine's exchanges report a panic.
    if let Some(task) = error
        .downcast_ref::<Arc<JoinError>>()
        .filter(|task| task.is_panic())
    {
        return panicked_with(&task.to_string());
    }
    Error::new(Code::Execution, error.to_string())
}

fn parser_message(error: &ParserError) -> String {
    match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.clone(),
        ParserError::RecursionLimitExceeded => {
            "The statement cannot be parsed, because it is nested too deeply.".into()
        }
    }
}

impl From<&BallistaError> for Error {
    fn from(error: &BallistaError) -> Self {
        use BallistaError as B;
        let code = match error {
            B::DataFusionError(inner) => return inner.as_ref().into(),
            B::SqlError(parser) => return Error::new(Code::SqlParse, parser_message(parser)),
            B::NotImplemented(_) => Code::NotImplemented,
            B::ArrowError(_) => Code::Arrow,
            B::IoError(_) => Code::Io,
            B::TonicError(_) | B::GrpcError(_) | B::GrpcConnectionError(_) => Code::Connection,
            B::Cancelled => Code::JobCancelled,
            B::Configuration(_) => Code::Config,
            B::FetchFailed(..) | B::GrpcActionError(_) => Code::Io,
            _ => Code::Internal,
        };
        Error::new(code, error.to_string())
    }
}

impl From<BallistaError> for Error {
    fn from(error: BallistaError) -> Self {
        (&error).into()
    }
}

/// Encodes the error as JSON, which `src/native.ts` turns into a `BallistaError`.
impl From<Error> for napi::Error {
    fn from(error: Error) -> Self {
        let body = serde_json::json!({
            "code": error.code.name(),
            "message": error.message,
            "jobId": error.job_id,
            "thrown": error.thrown,
        });
        napi::Error::from_reason(body.to_string())
    }
}

/// Wraps every asynchronous call from JavaScript.
pub async fn guard<T>(work: impl Future<Output = Result<T>>) -> napi::Result<T> {
    Ok(caught(work).await?)
}

/// Turns a panic into an INTERNAL error.
pub async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(panicked(panic)))
}

pub fn panicked(panic: Box<dyn Any + Send>) -> Error {
    panicked_with(&panic_text(&*panic))
}

/// The message of a panic.
pub fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| text.to_string())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}

fn panicked_with(text: &str) -> Error {
    let message = format!("The engine panicked, which is a bug. Its message: {text}");
    Error::new(Code::Internal, message)
}
