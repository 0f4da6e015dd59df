//! The frames and messages of `docs/protocol.md`. Pure: no sockets, no processes.

mod frame;
mod messages;
mod mutate;

pub use frame::{FrameDecoder, FrameError, MAX_FRAME_BYTES, encode};
pub use messages::{
    CallLimits, FromAgent, FromJudge, MeasuredPair, MeasuredSides, ProbeReason, Reading, ToAgent,
    ToJudge, UnitUsage, Whole,
};
pub use mutate::{Dropped, FromMutator, MutantFrame, ToMutator};
