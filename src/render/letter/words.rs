use super::{Block, LetterFacts, Occasion, Way};
use crate::render::text;

pub(super) fn subject(occasion: Occasion<'_>, facts: &LetterFacts<'_>) -> String {
    let title = facts.title;
    match occasion {
        Occasion::Invitation => format!("Your take-home task: {title}"),
        Occasion::Reminder => format!("Reminder: your take-home task, {title}"),
        Occasion::NewTime => format!("More time for your take-home task, {title}"),
        Occasion::Cancellation { .. } => format!("Your take-home task is withdrawn: {title}"),
    }
}

pub(super) fn blocks(occasion: Occasion<'_>, facts: &LetterFacts<'_>) -> Vec<Block> {
    let mut blocks = vec![said(&format!("Hello {},", facts.name))];
    match occasion {
        Occasion::Invitation => invitation(&mut blocks, facts),
        Occasion::Reminder => {
            blocks.push(said(&format!(
                "this is a friendly reminder of your take-home task, \"{}\". If you have sent your \
                 solution already, there is nothing to do.",
                facts.title
            )));
            blocks.push(Block::Facts(times(facts)));
            blocks.push(said(earlier(facts)));
            blocks.push(said(
                "If the time does not work for you, or you would rather not take part, tell us; neither \
                 counts against you.",
            ));
        }
        Occasion::NewTime => {
            blocks.push(said(&format!(
                "you have more time for your take-home task, \"{}\". This is what counts now:",
                facts.title
            )));
            blocks.push(Block::Facts(times(facts)));
            blocks.push(said(earlier(facts)));
        }
        Occasion::Cancellation { note } => {
            blocks.push(said(&format!(
                "we have to withdraw your take-home task, \"{}\". There is nothing more for you to do; \
                 please do not spend further time on it.",
                facts.title
            )));
            if !note.is_empty() {
                blocks.push(said(note));
            }
        }
    }
    blocks.push(said(&format!("Questions, of whatever kind: {}", facts.contact)));
    blocks.push(said(&format!("Kind regards, {}", facts.from)));
    blocks
}

fn invitation(blocks: &mut Vec<Block>, facts: &LetterFacts<'_>) {
    blocks.push(said(&format!(
        "thank you for your interest in working with us. We would like to see how you solve a small \
         practical task, \"{}\": at home, with your own tools, when it suits you.",
        facts.title
    )));
    blocks.push(Block::Facts(times(facts)));
    match facts.way {
        Way::Portal { link } => {
            blocks.push(said(
                "This is your personal link. There you get the task and hand in your solution; please \
                 do not pass it on.",
            ));
            blocks.extend(link.map(|link| Block::Link(text::line(link))));
        }
        Way::Mail { package } => {
            blocks.push(said(&format!("The task is in the attached file, {package}:")));
            blocks.push(Block::Steps(vec![
                text::line("Unpack it and read README.md: it says everything that is graded."),
                text::line(
                    "Work on it as you like. The tests in tests/visible run on your machine with \
                     Python and what requirements.txt lists; README.md says how.",
                ),
                text::line(&format!(
                    "Pack the folder as {}.zip, with exactly that name, and send it as an answer to \
                     this message.",
                    facts.code
                )),
            ]));
        }
    }
    let groups: Vec<String> =
        facts.groups.iter().map(|(name, weight)| format!("{name} ({weight} %)")).collect();
    blocks.push(said(&format!(
        "What is graded: tests that you do not see check the behaviour that README.md describes, and a \
         person of our team reads your code. The tests count in these groups: {}. How long you take \
         does not count.",
        groups.join(", ")
    )));
    blocks.push(said(facts.attempts));
    blocks.push(said(facts.ai_policy));
    blocks.push(said(&format!(
        "Your data: we use your name, your address and what you send for this application only. They are \
         removed after {}, and earlier if you ask for it. You may also ask for a copy of all that we have \
         about you.",
        facts.kept_until
    )));
    blocks.push(said(
        "Do you need more time, another format, or would you rather not take part? Tell us; you need not \
         say why, and it does not count against you.",
    ));
}

fn times(facts: &LetterFacts<'_>) -> Vec<(&'static str, String)> {
    let deadline = match facts.deadline_there {
        Some(there) => format!("{there} ({})", facts.deadline_utc),
        None => facts.deadline_utc.to_owned(),
    };
    vec![
        ("Effort", format!("about {}; a guide, not a limit", facts.time_box)),
        ("Deadline", text::line(&deadline)),
    ]
}

fn earlier(facts: &LetterFacts<'_>) -> &'static str {
    match facts.way {
        Way::Portal { .. } => "The personal link in our invitation is still the right one.",
        Way::Mail { .. } => "Everything else is as our invitation says.",
    }
}

fn said(words: &str) -> Block {
    Block::Text(text::line(words))
}
