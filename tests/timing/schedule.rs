//! What is to be run: all of it from the seed, balanced, never the same twice.

use std::{collections::HashSet, time::Duration};

use proptest::prelude::*;
use takehome::{
    domain::timing::Order,
    timing::{BLOCK, PairTurn, Turn},
};

use crate::noise::plan;

fn first(seed: u64, index: usize, count: usize) -> Vec<PairTurn> {
    Turn::of(&plan(seed), index, 0).pairs().take(count).collect()
}

#[test]
fn the_same_seed_gives_the_same_turns_on_every_machine() {
    let turn = Turn::of(&plan(1), 0, 0);
    let orders: Vec<Order> = turn.pairs().take(8).map(|pair| pair.order).collect();
    let known = {
        use Order::{Ab, Ba};
        (2_359_561_649, 16_749_445_595_526_523_477, vec![Ba, Ab, Ab, Ba, Ab, Ab, Ba, Ba])
    };
    assert_eq!((turn.hash_seed, first(1, 0, 1)[0].input_seed, orders), known);
}

proptest! {
    #[test]
    fn orders_are_balanced_in_every_block(seed in any::<u64>(), index in 0..200_usize) {
        let pairs = first(seed, index, 10 * BLOCK);
        for block in pairs.chunks(BLOCK) {
            let ab = block.iter().filter(|pair| pair.order == Order::Ab).count();
            prop_assert_eq!(ab, BLOCK / 2);
        }
        let inputs: HashSet<u64> = pairs.iter().map(|pair| pair.input_seed).collect();
        prop_assert_eq!(inputs.len(), pairs.len());
        prop_assert_eq!(&first(seed, index, 10 * BLOCK), &pairs);
        prop_assert_ne!(first(seed, index + 1, 10 * BLOCK), pairs);
    }

    #[test]
    fn hash_seeds_are_never_zero_and_never_the_same(seed in any::<u64>()) {
        let seeds: HashSet<u32> =
            (0..100).map(|index| Turn::of(&plan(seed), index, 0).hash_seed).collect();
        prop_assert_eq!(seeds.len(), 100);
        prop_assert!(!seeds.contains(&0));
    }
}

#[test]
fn orders_are_not_the_same_in_every_block() {
    let blocks: HashSet<Vec<bool>> = first(1, 0, 100 * BLOCK)
        .chunks(BLOCK)
        .map(|block| block.iter().map(|pair| pair.order == Order::Ab).collect())
        .collect();
    // Of four with two of each there are six.
    assert_eq!(blocks.len(), 6);
}

#[test]
fn a_process_pair_ends_with_a_block_unless_it_is_slow() {
    let turn = Turn::of(&plan(1), 0, 0);
    let is_over = |pairs, ms| turn.is_over(&plan(1), pairs, Duration::from_millis(ms));
    assert!(!is_over(40, 299));
    assert!(is_over(40, 300));
    assert!(!is_over(41, 300));
    assert!(is_over(41, 600));
    // However slow: the reference has to be compared with itself.
    assert!(!is_over(1, 60_000));
    assert!(is_over(2, 60_000));
}
