//! Durations in prose: "75 minutes", "1 h 30 min", "1.5 hours".

use std::time::Duration;

/// The line, from 1, and the duration of every "time box" that a text states.
pub(super) fn stated(text: &str) -> Vec<(usize, Duration)> {
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let line = line.to_lowercase();
            let end = ["time box", "time-box", "timebox"]
                .iter()
                .find_map(|words| line.find(words).map(|start| start + words.len()))?;
            Some((index + 1, first_duration(&line[end..])?))
        })
        .collect()
}

/// As a README would say it.
pub(super) fn shown(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    format!("{minutes} {}", if minutes == 1 { "minute" } else { "minutes" })
}

/// The first number with a unit, and the parts that follow it at once.
fn first_duration(text: &str) -> Option<Duration> {
    let tokens = tokens(text);
    let start = (0..tokens.len()).find(|index| part(&tokens[*index..]).is_some())?;
    let mut rest = &tokens[start..];
    let mut seconds = 0.0;
    while let Some(more) = part(rest) {
        seconds += more;
        rest = &rest[2..];
        if rest.first().is_some_and(|word| word == "and") {
            rest = &rest[1..];
        }
    }
    Duration::try_from_secs_f64(seconds).ok()
}

fn part(tokens: &[String]) -> Option<f64> {
    let [number, unit, ..] = tokens else { return None };
    let unit = match unit.as_str() {
        "s" | "sec" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * unit)
}

/// Numbers and words; everything else separates them.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    for char in text.chars() {
        let continues = (char.is_ascii_digit() && (last.is_ascii_digit() || last == '.'))
            || (char == '.' && last.is_ascii_digit())
            || (char.is_alphabetic() && last.is_alphabetic());
        match tokens.last_mut() {
            Some(token) if continues => token.push(char),
            _ if char.is_alphanumeric() => tokens.push(char.to_string()),
            _ => {}
        }
        last = char;
    }
    tokens.iter().map(|token| token.trim_end_matches('.').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::stated;

    fn minutes(line: &str) -> Option<u64> {
        stated(line).first().map(|(_, duration)| duration.as_secs() / 60)
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (line, expected) in [
            ("| time box | 75 minutes (a guide; time is not scored) |", 75),
            ("Time box: 1 h 30 min.", 90),
            ("The time-box is 1 hour and 15 minutes, in 2 days.", 75),
            ("**Timebox** 1.5 hours", 90),
            ("time box: 90m", 90),
            ("time box of 5 tasks, 20 minutes.", 20),
        ] {
            assert_eq!(minutes(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_line_without_a_duration_states_none() {
        for line in ["The time box is not scored.", "75 minutes", "time box: long", "time box 5"] {
            assert_eq!(minutes(line), None, "{line}");
        }
    }
}
