use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::{Serialize, de::DeserializeOwned};

/// No frame's payload is longer than this.
pub const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;

const HEADER_BYTES: usize = 4;

/// A peer broke the framing or sent a message that is not one of the protocol's.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The announced or actual length is over [`MAX_FRAME_BYTES`].
    #[error("frame of {0} bytes is over the limit of {MAX_FRAME_BYTES}")]
    TooLong(usize),
    /// The payload is not JSON, or not a message that this side accepts.
    #[error("frame is not a valid message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The peer closed the channel inside a frame.
    #[error("channel ended inside a frame")]
    Truncated,
}

/// One frame that carries `message`.
pub fn encode<T: Serialize>(message: &T) -> Result<Bytes, FrameError> {
    let payload = serde_json::to_vec(message)?;
    if payload.len() > MAX_FRAME_BYTES {
        return Err(FrameError::TooLong(payload.len()));
    }
    let length = u32::try_from(payload.len()).map_err(|_| FrameError::TooLong(payload.len()))?;
    let mut frame = BytesMut::with_capacity(HEADER_BYTES + payload.len());
    frame.put_u32(length);
    frame.put_slice(&payload);
    Ok(frame.freeze())
}

/// Cuts a byte stream into messages; holds at most one frame and one chunk.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: BytesMut,
}

impl FrameDecoder {
    /// Adds what the channel delivered.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole message, or `None` until more bytes come.
    ///
    /// # Errors
    /// [`FrameError`]; the stream cannot be read any further after one.
    pub fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let Some(header) = self.buffer.first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*header) as usize;
        if length > MAX_FRAME_BYTES {
            return Err(FrameError::TooLong(length));
        }
        if self.buffer.len() < HEADER_BYTES + length {
            return Ok(None);
        }
        self.buffer.advance(HEADER_BYTES);
        let payload = self.buffer.split_to(length);
        // serde_json bounds recursion at 128 levels, so a nesting bomb is an error here.
        Ok(Some(serde_json::from_slice(&payload)?))
    }

    /// To be called at the end of the channel.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] when part of a frame is left.
    pub fn finish(&self) -> Result<(), FrameError> {
        if self.buffer.is_empty() { Ok(()) } else { Err(FrameError::Truncated) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn drain(decoder: &mut FrameDecoder) -> Result<Vec<Value>, FrameError> {
        let mut messages = Vec::new();
        while let Some(message) = decoder.next_message()? {
            messages.push(message);
        }
        Ok(messages)
    }

    #[test]
    fn a_header_that_announces_too_much_is_refused_before_any_payload() {
        let mut decoder = FrameDecoder::default();
        decoder.push(&u32::MAX.to_be_bytes());
        assert!(matches!(decoder.next_message::<Value>(), Err(FrameError::TooLong(_))));
    }

    #[test]
    fn a_nesting_bomb_is_an_error_not_a_crash() {
        let payload = "[".repeat(1_000_000);
        let mut decoder = FrameDecoder::default();
        decoder.push(&(payload.len() as u32).to_be_bytes());
        decoder.push(payload.as_bytes());
        assert!(matches!(decoder.next_message::<Value>(), Err(FrameError::Malformed(_))));
    }

    #[test]
    fn an_end_inside_a_frame_is_noticed() {
        let mut decoder = FrameDecoder::default();
        decoder.push(&[0, 0, 0, 9, b'{']);
        assert!(decoder.next_message::<Value>().is_ok_and(|m| m.is_none()));
        assert!(matches!(decoder.finish(), Err(FrameError::Truncated)));
    }

    proptest! {
        #[test]
        fn any_cut_of_the_stream_gives_the_same_messages(
            texts in prop::collection::vec(".{0,40}", 1..8), cut in 1usize..13,
        ) {
            let messages: Vec<Value> = texts.iter().map(|t| json!({"type": t})).collect();
            let mut stream = Vec::new();
            for message in &messages {
                stream.extend_from_slice(&encode(message).expect("encodes"));
            }
            let mut decoder = FrameDecoder::default();
            let mut seen = Vec::new();
            for chunk in stream.chunks(cut) {
                decoder.push(chunk);
                seen.extend(drain(&mut decoder).expect("decodes"));
            }
            prop_assert_eq!(seen, messages);
            prop_assert!(decoder.finish().is_ok());
        }

        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let mut decoder = FrameDecoder::default();
            decoder.push(&bytes);
            let _ = drain(&mut decoder);
        }
    }
}
