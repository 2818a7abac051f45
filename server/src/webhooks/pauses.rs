//! How long to wait before a message is tried again.

use std::time::Duration;

use rand::Rng;

/// The pause after the first try of a message about a call that rings. Each further pause is twice as long.
const FIRST_WHILE_RINGING: Duration = Duration::from_millis(500);

/// The longest of these pauses. A call rings for a minute.
const LONGEST_WHILE_RINGING: Duration = Duration::from_secs(16);

/// The pauses between the tries of other messages, in seconds, as the Standard Webhooks specification recommends them: after
/// 5 seconds, 5 and 30 minutes, 2, 5, 10 and once more 10 hours.
const OTHERS: [u64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/// The pause after so many failures, at least one, of a message about a call that rings: shortened at random by up to a half.
pub(super) fn while_ringing(failures: u32) -> Duration {
    let times = 2_u32.saturating_pow(failures.saturating_sub(1));
    let pause = FIRST_WHILE_RINGING.saturating_mul(times).min(LONGEST_WHILE_RINGING);
    pause.mul_f64(rand::rng().random_range(0.5..1.0))
}

/// The pause after so many failures, at least one, of another message: shortened at random by up to a tenth. `None` if these
/// were all tries.
pub(super) fn of_others(failures: u32) -> Option<Duration> {
    let index = usize::try_from(failures.checked_sub(1)?).ok()?;
    let pause = Duration::from_secs(*OTHERS.get(index)?);
    Some(pause.mul_f64(rand::rng().random_range(0.9..1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let ringing: Vec<u128> =
            (1..9).map(|failures| while_ringing(failures).as_millis()).collect();
        for (pause, longest) in ringing.iter().zip([500, 1000, 2000, 4000, 8000, 16000, 16000]) {
            assert!((longest / 2..=longest).contains(pause), "{ringing:?}");
        }
        let others: Vec<u64> =
            (1..).map_while(|failures| Some(of_others(failures)?.as_secs())).collect();
        assert_eq!(others.len(), 7);
        for (pause, longest) in others.iter().zip(OTHERS) {
            assert!((longest * 9 / 10 - 1..=longest).contains(pause), "{others:?}");
        }
        assert_eq!(of_others(0), None);
    }
}
