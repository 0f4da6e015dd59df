//! The statistics of timing: rules by hand, properties, and simulations whose truth is known.

mod growth;
mod noise;
mod properties;
mod rules;
mod schedule;
mod simulation;
mod stopping;
