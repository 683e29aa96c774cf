//! Who sends a request, and what this sender may do.

use std::fmt;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    Read,
    Write,
    RunCode,
    /// A member of the cluster.
    Executor,
    Admin,
}

impl Role {
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Write,
        Self::RunCode,
        Self::Executor,
        Self::Admin,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::RunCode => "run-code",
            Self::Executor => "executor",
            Self::Admin => "admin",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The owner of what this process makes, and of everything on ports that let anyone in. No token has this name.
pub const NO_NAME: &str = "";

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    pub name: Arc<str>,
    roles: Arc<[Role]>,
}

impl Principal {
    pub fn new(name: &str, roles: &[Role]) -> Self {
        Self {
            name: name.into(),
            roles: roles.into(),
        }
    }

    /// This process, or anyone on a port that lets anyone in.
    pub fn trusted() -> Self {
        Self::new(NO_NAME, &Role::ALL)
    }

    /// A caller that could not be found out.
    pub fn nobody() -> Self {
        Self::new(NO_NAME, &[])
    }

    pub fn may(&self, role: Role) -> bool {
        let implied = matches!(role, Role::Read | Role::Write | Role::RunCode);
        self.roles.contains(&role) || (implied && self.roles.contains(&Role::Admin))
    }

    /// Whether the principal may see and change what `owner` owns.
    pub fn reaches(&self, owner: &str) -> bool {
        self.reaches_all() || (!self.roles.is_empty() && *self.name == *owner)
    }

    /// Executors work for all owners.
    pub fn reaches_all(&self) -> bool {
        self.may(Role::Admin) || self.may(Role::Executor)
    }

    /// Why the principal is refused: it has none of these roles. `what` is a subject, for example "This request".
    pub fn lacks(&self, roles: &[Role], what: &str) -> String {
        let roles: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
        format!(
            "{what} needs the role {}, which the token of \"{}\" does not have.",
            roles.join(" or "),
            self.name
        )
    }
}
