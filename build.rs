//! What is embedded into the program: changing it has to rebuild the program.

fn main() {
    println!("cargo::rerun-if-changed=images");
    println!("cargo::rerun-if-changed=src/package/skeleton");
}
