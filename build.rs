//! The images' sources are embedded into the program: changing one has to rebuild it.

fn main() {
    println!("cargo::rerun-if-changed=images");
}
