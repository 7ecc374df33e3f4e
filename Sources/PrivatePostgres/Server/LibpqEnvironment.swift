import CLibrary

/// The environment variables that would lead programs of Postgres and libpq to another server than a private one, or
/// change what a session with it means.
package enum LibpqEnvironment {
    /// Their names, of every version of libpq.
    package static let names: Set<String> = [
        "PGAPPNAME", "PGCHANNELBINDING", "PGCLIENTENCODING", "PGCONNECT_TIMEOUT", "PGDATA", "PGDATABASE", "PGDATESTYLE",
        "PGGEQO", "PGGSSDELEGATION", "PGGSSENCMODE", "PGGSSLIB", "PGHOST", "PGHOSTADDR", "PGKRBSRVNAME",
        "PGLOADBALANCEHOSTS", "PGLOCALEDIR", "PGMAXPROTOCOLVERSION", "PGMINPROTOCOLVERSION", "PGOPTIONS", "PGPASSFILE",
        "PGPASSWORD", "PGPORT", "PGREALM", "PGREQUIREAUTH", "PGREQUIREPEER", "PGREQUIRESSL", "PGSERVICE",
        "PGSERVICEFILE", "PGSSLCERT", "PGSSLCERTMODE", "PGSSLCOMPRESSION", "PGSSLCRL", "PGSSLCRLDIR", "PGSSLKEY",
        "PGSSLMAXPROTOCOLVERSION", "PGSSLMINPROTOCOLVERSION", "PGSSLMODE", "PGSSLNEGOTIATION", "PGSSLROOTCERT",
        "PGSSLSNI", "PGSYSCONFDIR", "PGTARGETSESSIONATTRS", "PGTZ", "PGUSER",
    ]

    /// Takes them out of this process's environment, where libpq itself looks for them, and so out of its children's.
    ///
    /// No connection string can keep all of them out: a service and a numeric address would still be taken from there.
    static func clear() {
        for name in names where getenv(name) != nil {
            unsetenv(name)
        }
    }

    /// The names of this process's variables that begin with a prefix.
    package static func variables(withPrefix prefix: String) -> [String] {
        var names: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let name = String(cString: text).prefix { $0 != "=" }
            if name.hasPrefix(prefix) { names.append(String(name)) }
            entry += 1
        }
        return names
    }
}
