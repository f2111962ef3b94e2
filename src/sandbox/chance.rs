//! Seeded dice for what happens by chance.

/// A small seeded generator (splitmix64): good enough for delays and faults, the same in every run.
#[derive(Debug, Default)]
pub struct Chance(pub u64);

impl Chance {
    /// A number of `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (mixed ^ (mixed >> 31)) % (high - low + 1)
    }

    /// Which of several chances in a thousand comes true, if any; together they are at most 1,000.
    pub fn strikes(&mut self, per_mille: impl IntoIterator<Item = u64>) -> Option<usize> {
        let (thrown, mut below) = (self.between(0, 999), 0);
        per_mille.into_iter().position(|chance| {
            below += chance;
            thrown < below
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_come_true_as_often_as_they_say_and_the_same_way_again() {
        let strikes = |seed| {
            let mut chance = Chance(seed);
            let mut times = [0; 3];
            for _ in 0..10_000 {
                if let Some(which) = chance.strikes([100, 0, 20]) {
                    times[which] += 1;
                }
            }
            times
        };
        let [often, never, seldom] = strikes(7);
        assert!((900..1_100).contains(&often) && (150..250).contains(&seldom), "{often} {seldom}");
        assert_eq!(never, 0);
        assert_eq!(strikes(7), strikes(7));
        assert_ne!(strikes(7), strikes(8));
    }
}
