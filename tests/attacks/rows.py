"""The rows of the threat table in SECURITY.md, by their first cells and in their order."""

CHANGED = "a published file changed, added or dropped"
MIXED = "an old feed or page beside a new index"
OTHER_KEY = "an index edited and signed with another key"
BORROWED = "a signature made for something else, or by nobody"
EDITED = "a letter left out or edited, signed with the true key"
CONTRADICTED = "a page, tile or checkpoint that contradicts the index"
SERVER = "a web server that leads astray, or never ends"
COMMANDS = "a hostile configuration or environment of git"
FORGED_HISTORY = "replace refs, grafts, a forged commit-graph"
NOT_WHOLE = "a shallow or partial clone"
FORGED_OBJECT = "a forged object, loose or in a pack"
COLLISION = "a SHA-1 collision"
COMMIT_SIGNATURE = "a broken commit signature"
DATES = "a forged author or committer date"
REWRITTEN = "history rewritten and signed again"
FOXTROT = "a main branch rebased, or made a second parent"
ROLLBACK = "a rollback to an older publication"
SPLIT = "a split view: two publications of one size"
REVOKED = "a stolen key that was since revoked"
KEY_LIST = "a key list that its roots did not make"
PROOF = "a forged proof of a letter"
ERASURE = "an erasure that alters the log, or is hidden"
BOMB = "a YAML bomb, a huge file, a record read in two ways"
PATHS = "a link, a submodule, a path that leads elsewhere"
REPORTED = "a forged line in a report, an order to a terminal"
ACTIVE = "a page or table that acts on its reader"
PULLED = "a published letter removed or changed quietly"

ROWS = (
    CHANGED,
    MIXED,
    OTHER_KEY,
    BORROWED,
    EDITED,
    CONTRADICTED,
    SERVER,
    COMMANDS,
    FORGED_HISTORY,
    NOT_WHOLE,
    FORGED_OBJECT,
    COLLISION,
    COMMIT_SIGNATURE,
    DATES,
    REWRITTEN,
    FOXTROT,
    ROLLBACK,
    SPLIT,
    REVOKED,
    KEY_LIST,
    PROOF,
    ERASURE,
    BOMB,
    PATHS,
    REPORTED,
    ACTIVE,
    PULLED,
)
