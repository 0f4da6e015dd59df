//! A stream that ends with an error when it has given too much.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use super::{IntakeLimits, Refusal};

/// Counts what a compressed source has given.
pub(super) struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

/// Counts what came out of it, and stops at the limits of the whole stream.
///
/// Which limit it was is kept aside, because decoders on top may wrap an error beyond recognition.
pub(super) struct Metered<'a, R> {
    inner: R,
    compressed: Rc<Cell<u64>>,
    given: u64,
    limits: &'a IntakeLimits,
    tripped: Rc<Cell<Option<Trip>>>,
}

/// The limit at which a [`Metered`] stream stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trip {
    Bytes,
    Ratio,
}

impl<R> Counted<R> {
    pub(super) fn new(inner: R) -> (Self, Rc<Cell<u64>>) {
        let count = Rc::new(Cell::new(0));
        (Self { inner, count: Rc::clone(&count) }, count)
    }

    /// The source again, uncounted from here on.
    pub(super) fn into_inner(self) -> R {
        self.inner
    }
}

impl<'a, R> Metered<'a, R> {
    pub(super) fn new(inner: R, compressed: Rc<Cell<u64>>, limits: &'a IntakeLimits) -> Self {
        Self { inner, compressed, given: 0, limits, tripped: Rc::new(Cell::new(None)) }
    }

    /// Where to look for the reason of an error.
    pub(super) fn tripped(&self) -> Rc<Cell<Option<Trip>>> {
        Rc::clone(&self.tripped)
    }
}

impl Trip {
    pub(super) fn refusal(self, limits: &IntakeLimits) -> Refusal {
        match self {
            Self::Bytes => Refusal::ScannedTooLarge { limit: limits.scanned_bytes },
            Self::Ratio => Refusal::Ratio { entry: None, limit: limits.ratio },
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.given += count as u64;
        let trip = if self.given > self.limits.scanned_bytes {
            Some(Trip::Bytes)
        } else if self.limits.exceeds_ratio(self.given, self.compressed.get()) {
            Some(Trip::Ratio)
        } else {
            None
        };
        if trip.is_some() {
            self.tripped.set(trip);
            return Err(io::Error::other("over the limit"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::{Counted, Metered, Trip};
    use crate::submission::IntakeLimits;

    fn read(given: u64, counted: u64, limits: &IntakeLimits) -> (u64, Option<Trip>) {
        let (mut source, count) = Counted::new(io::repeat(1).take(counted));
        io::copy(&mut source, &mut io::sink()).unwrap();
        let mut stream = Metered::new(io::repeat(2).take(given), count, limits);
        let tripped = stream.tripped();
        let mut out = Vec::new();
        let _ = stream.read_to_end(&mut out);
        (out.len() as u64, tripped.get())
    }

    #[test]
    fn a_stream_stops_at_its_size_and_at_its_ratio() {
        let limits = IntakeLimits {
            scanned_bytes: 5_000,
            ratio: 10,
            ratio_floor: 100,
            ..IntakeLimits::default()
        };
        assert_eq!(read(5_000, 500, &limits), (5_000, None));
        assert_eq!(read(100, 0, &limits), (100, None));
        let (read_bytes, trip) = read(6_000, 6_000, &limits);
        assert!(read_bytes <= 5_000);
        assert_eq!(trip, Some(Trip::Bytes));
        assert_eq!(read(5_000, 499, &limits).1, Some(Trip::Ratio));
    }
}
