//! The names taken in so far, as a file system that ignores case would see them.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// Folders by the folded names of their children. A tree and not a set of paths: a set would
/// hold every prefix of every path, which a hostile archive can make large.
#[derive(Debug, Default)]
pub(super) struct Tree {
    root: Folder,
    nodes: usize,
}

#[derive(Debug, Default)]
struct Folder {
    children: BTreeMap<String, Child>,
}

#[derive(Debug)]
struct Child {
    name: String,
    /// None for a file.
    folder: Option<Folder>,
}

/// Why a name cannot be added.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Clash {
    Duplicate,
    /// With this earlier path.
    Case(String),
    FileAsFolder,
}

impl Tree {
    /// Files and folders so far, those included that exist only as a part of a longer path.
    pub(super) fn nodes(&self) -> usize {
        self.nodes
    }

    /// Adds a file, or a folder (which may come again), with the folders that lead to it.
    pub(super) fn add(&mut self, components: &[String], is_file: bool) -> Result<(), Clash> {
        let mut folder = &mut self.root;
        let Some((last, parents)) = components.split_last() else {
            return Ok(());
        };
        for (depth, name) in parents.iter().enumerate() {
            let child = folder.child(name, false, &mut self.nodes);
            child.same_spelling(name, &components[..depth])?;
            folder = child.folder.as_mut().ok_or(Clash::FileAsFolder)?;
        }
        let before = self.nodes;
        let child = folder.child(last, is_file, &mut self.nodes);
        child.same_spelling(last, parents)?;
        match (child.folder.is_none(), is_file) {
            _ if self.nodes > before => Ok(()),
            (false, false) => Ok(()),
            (true, true) => Err(Clash::Duplicate),
            _ => Err(Clash::FileAsFolder),
        }
    }
}

impl Folder {
    fn child(&mut self, name: &str, is_file: bool, nodes: &mut usize) -> &mut Child {
        self.children.entry(fold(name)).or_insert_with(|| {
            *nodes += 1;
            Child { name: name.to_owned(), folder: (!is_file).then(Folder::default) }
        })
    }
}

impl Child {
    fn same_spelling(&self, name: &str, parents: &[String]) -> Result<(), Clash> {
        if self.name == name {
            return Ok(());
        }
        let mut path = parents.to_vec();
        path.push(self.name.clone());
        Err(Clash::Case(path.join("/")))
    }
}

/// Upper, then lower case: close to Unicode's full case folding, and coarser than what any file
/// system does, so that names which clash on NTFS or APFS clash here.
fn fold(name: &str) -> String {
    name.to_uppercase().to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::{Clash, Tree};

    fn add(tree: &mut Tree, path: &str) -> Result<(), Clash> {
        let is_file = !path.ends_with('/');
        let components: Vec<String> =
            path.trim_end_matches('/').split('/').map(str::to_owned).collect();
        tree.add(&components, is_file)
    }

    #[test]
    fn a_folder_may_come_again_and_a_file_may_not() {
        let mut tree = Tree::default();
        assert_eq!(add(&mut tree, "a/"), Ok(()));
        assert_eq!(add(&mut tree, "a/b.py"), Ok(()));
        assert_eq!(add(&mut tree, "a/"), Ok(()));
        assert_eq!(add(&mut tree, "a/b.py"), Err(Clash::Duplicate));
        assert_eq!(tree.nodes(), 2);
    }

    #[test]
    fn a_name_is_a_file_or_a_folder_in_whichever_order_they_come() {
        let mut tree = Tree::default();
        assert_eq!(add(&mut tree, "a"), Ok(()));
        assert_eq!(add(&mut tree, "a/b"), Err(Clash::FileAsFolder));
        assert_eq!(add(&mut tree, "a/"), Err(Clash::FileAsFolder));
        assert_eq!(add(&mut tree, "c/d"), Ok(()));
        assert_eq!(add(&mut tree, "c"), Err(Clash::FileAsFolder));
    }

    #[test]
    fn names_that_differ_in_case_only_clash_at_every_level() {
        let mut tree = Tree::default();
        assert_eq!(add(&mut tree, "Src/Main.py"), Ok(()));
        assert_eq!(add(&mut tree, "Src/main.py"), Err(Clash::Case("Src/Main.py".into())));
        assert_eq!(add(&mut tree, "src/other.py"), Err(Clash::Case("Src".into())));
        assert_eq!(add(&mut tree, "straße"), Ok(()));
        assert_eq!(add(&mut tree, "STRASSE"), Err(Clash::Case("straße".into())));
    }
}
