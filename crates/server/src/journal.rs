//! What an operator may read: a closed vocabulary. There is no variant that could hold a
//! request line, an address, an agent, a name, a size or a text.

use std::sync::Arc;

/// Something an operator may want to know.
#[derive(Debug, Clone)]
pub enum Event {
    /// Both listeners are open.
    Started,
    /// Told to stop; uploads in flight may finish.
    Stopping,
    /// Everything acknowledged is on the disk.
    Stopped,
    /// No room: submissions are being refused. Act: free space or raise the limit.
    StorageFull,
    /// A record could not be stored. Act: look at the disk.
    StorageFailed(payamgir_log::Error),
    /// A connection could not be accepted. Act: look at file and memory limits.
    AcceptFailed(std::io::ErrorKind),
    /// A desk's request was refused.
    DeskRefused(crate::auth::Refusal),
    /// A task stopped unexpectedly. Act: report it.
    TaskFailed,
}

/// Where events go.
pub type Journal = Arc<dyn Fn(Event) + Send + Sync>;

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Started => f.write_str("started"),
            Self::Stopping => f.write_str("stopping: finishing uploads in flight"),
            Self::Stopped => f.write_str("stopped"),
            Self::StorageFull => f.write_str("storage full: submissions are refused"),
            Self::StorageFailed(error) => {
                write!(f, "could not store a record: {error}")?;
                let mut source = std::error::Error::source(error);
                while let Some(cause) = source {
                    write!(f, ": {cause}")?;
                    source = cause.source();
                }
                Ok(())
            }
            Self::AcceptFailed(kind) => write!(f, "could not accept a connection: {kind}"),
            Self::DeskRefused(refusal) => write!(f, "desk request refused: {refusal}"),
            Self::TaskFailed => f.write_str("a task stopped unexpectedly"),
        }
    }
}
