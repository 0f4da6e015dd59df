//! `receipt verify`: whether a portal signed it.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    args::Format,
    context::Context,
    exit::{Exit, Failure},
    serve::{RECEIPT_KEY, keys},
};
use crate::receiving::{PublicKey, ReceiptError, ReceiptKey, public_key, verify};

/// Neither a receipt nor a key is longer.
const MOST_BYTES: u64 = 1 << 16;

#[derive(Debug, Subcommand)]
pub(super) enum ReceiptCommand {
    /// Check that a receipt is as the portal signed it
    Verify(VerifyReceiptArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome receipt verify receipt.txt                   one of this home's portal
  takehome receipt verify receipt.txt --key key.pem     with a portal's /receipt-key, on any machine")]
pub(super) struct VerifyReceiptArgs {
    /// The receipt; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The portal's public key, as its /receipt-key shows it [default: this home's]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

pub(super) fn run(context: &Context, args: &VerifyReceiptArgs) -> Result<Exit, Failure> {
    let text = read(&args.file)?;
    let key = key(context, args.key.as_deref())?;
    let verified = verify(&text, &key);
    match args.format {
        Format::Human => match &verified {
            Ok(receipt) => {
                println!("good: key {} signed this", receipt.key);
                receipt.lines.iter().for_each(|(name, value)| println!("  {name}: {value}"));
            }
            Err(error) => eprintln!("not good: {error}"),
        },
        Format::Json => {
            let said = match &verified {
                Ok(receipt) => {
                    let lines = receipt.lines.iter();
                    let lines: Map<String, Value> =
                        lines.map(|(name, value)| (name.clone(), value.as_str().into())).collect();
                    json!({ "good": true, "key": receipt.key, "receipt": lines })
                }
                Err(error) => json!({ "good": false, "why": error.to_string() }),
            };
            println!("{said:#}");
        }
    }
    Ok(match verified {
        Ok(_) => Exit::Ok,
        Err(ReceiptError::Signature) => Exit::Below,
        Err(ReceiptError::Form(_)) => Exit::Usage,
    })
}

fn key(context: &Context, file: Option<&Path>) -> Result<PublicKey, Failure> {
    let pem = match file {
        Some(file) => read(file)?,
        None => {
            let file = keys(context).join(RECEIPT_KEY);
            // Nothing is made by looking.
            if !file.is_file() {
                return Err(Failure::usage(
                    format!("there is no key in {}", file.display()),
                    "give --key FILE with what the portal's /receipt-key shows",
                ));
            }
            ReceiptKey::open(&file)?.public_pem()
        }
    };
    public_key(&pem).ok_or_else(|| {
        Failure::usage("the key is no public Ed25519 key as PEM", "give what /receipt-key shows")
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().take(MOST_BYTES).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text))
    };
    read.map_err(|error| {
        Failure::usage(format!("could not read {}: {error}", path.display()), "check the path")
    })?;
    Ok(text)
}
