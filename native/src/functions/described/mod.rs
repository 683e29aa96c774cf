//! Names and documentation of this package's own functions, for their registration and for the TypeScript generator.

use datafusion::logical_expr::{DocSection, Documentation};

#[derive(Debug)]
pub struct Described {
    /// The name, then its aliases.
    pub names: &'static [&'static str],
    /// The title of a section of the function reference.
    pub section: &'static str,
    pub syntax: &'static str,
    pub text: &'static str,
    pub args: &'static [(&'static str, &'static str)],
}

impl Described {
    pub fn name(&self) -> &'static str {
        self.names[0]
    }

    pub fn aliases(&self) -> Vec<String> {
        self.names[1..].iter().map(|&name| name.to_owned()).collect()
    }

    pub fn documentation(&self) -> Documentation {
        let section = DocSection {
            include: true,
            label: self.section,
            description: None,
        };
        let builder = Documentation::builder(section, self.text, self.syntax);
        let args = self.args.iter();
        args.fold(builder, |builder, (name, text)| {
            builder.with_argument(*name, *text)
        })
        .build()
    }
}
