"""Attacks on what is published: whoever holds the web server, and whoever holds the publisher's key."""

import hashlib

from publisher import checkpoint
from publisher.publish import SUMS
from publisher.signatures import sshsig
from publisher.signatures.note import Note
from tests.attacks.attack import Result, attack
from tests.attacks.forge import THIEF, listed
from tests.attacks.rows import CHANGED, CONTRADICTED, EDITED, MIXED, OTHER_KEY
from tests.attacks.scene import FIRST, PAGE, SECOND, Desk

# -- whoever holds the web server ------------------------------------------------------------------------------


@attack(CHANGED, "verify: files")
def changed_byte(desk: Desk) -> Result:
    """The host changes one word of a letter's page."""
    site = desk.site()
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    return desk.audit(site)


@attack(CHANGED, "verify: files")
def added_file(desk: Desk) -> Result:
    """The host puts a page of its own among the letters."""
    site = desk.site()
    site.write("letters/2019-12-24-never-sent/index.html", b"<p>A letter that nobody wrote.")
    return desk.audit(site)


@attack(CHANGED, "verify: files + verify: letters", shows=("verify: files", "verify: letters"))
def dropped_file(desk: Desk) -> Result:
    """The host drops the record of a letter that it would rather not show."""
    site = desk.site()
    (site.folder / f"records/letters/2019/{SECOND}.yaml").unlink()
    return desk.audit(site)


@attack(CHANGED, "verify: sums-signature")
def checksums_made_anew(desk: Desk) -> Result:
    """The host changes a page and writes SHA256SUMS anew, signed with a key of its own."""
    site = desk.site()
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.sign_sums(THIEF)
    return desk.audit(site)


@attack(CHANGED, "site: symbolic links", shows="verify: files")
def page_behind_a_link(desk: Desk) -> Result:
    """A page is a link to a file elsewhere, which holds the right bytes for as long as somebody verifies."""
    site = desk.site()
    elsewhere = desk.file("elsewhere.html", site.read(PAGE))
    (site.folder / PAGE).unlink()
    (site.folder / PAGE).symlink_to(elsewhere)
    return desk.audit(site)


@attack(MIXED, "verify: files")
def old_feed(desk: Desk) -> Result:
    """The host serves the new index beside the feed of an earlier publication, which lacks the newest letters."""
    site = desk.site()
    site.write("feed.atom", (desk.scene.sites[1] / "feed.atom").read_bytes())
    return desk.audit(site)


@attack(MIXED, "verify: files")
def old_page(desk: Desk) -> Result:
    """The host serves the new index beside the page of a letter as it was before it was amended."""
    site = desk.site()
    site.write(PAGE, (desk.scene.sites[0] / PAGE).read_bytes())
    return desk.audit(site)


@attack(OTHER_KEY, "auditor: --keys", shows=("verify: index-signature", "verify: sums-signature"))
def publication_by_a_stranger(desk: Desk) -> Result:
    """A stranger edits a letter's page and seals all of it with a key of their own, which the publication lists."""
    site = desk.site()
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.write("keys/allowed_signers", listed(3, [THIEF.public_key], []))
    site.sign_checkpoint(THIEF, site.index["log"])
    site.sign(THIEF)
    return desk.audit(site)


@attack(OTHER_KEY, "verify: index-signature")
def index_that_can_be_denied(desk: Desk) -> Result:
    """The publisher signs everything but the index, which bears a stranger's signature and can be denied later."""
    site = desk.site()
    site.sign_index(THIEF)
    site.sign_sums(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


# -- whoever holds the publisher's key -------------------------------------------------------------------------


REBUILT = ("verify: index-rebuilt", "verify: letters")


@attack(EDITED, "verify: index-rebuilt + verify: letters", shows=REBUILT)
def edited_field(desk: Desk) -> Result:
    """The publisher edits a letter's summary in the index alone."""
    site = desk.site()
    index = site.index
    site.letter(FIRST, index)["letter"]["summary"] = "Asks for nothing."
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(EDITED, "verify: letters")
def edited_field_before_a_reader(desk: Desk) -> Result:
    """The publisher edits a letter's summary in the index alone, before a reader who has no clone."""
    site = desk.site()
    index = site.index
    site.letter(FIRST, index)["letter"]["summary"] = "Asks for nothing."
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site)


@attack(EDITED, "verify: letters")
def edited_letter_before_a_reader(desk: Desk) -> Result:
    """The publisher edits a letter everywhere but in the log: its record, its page, and what the index says of both."""
    site = desk.site()
    index = site.index
    entry = site.letter(FIRST, index)
    for path in (entry["record"]["path"], PAGE, f"letters/{FIRST}.json"):
        site.replace(path, b"Asks more.", b"Asks less.")
    data = site.read(entry["record"]["path"])
    entry["letter"]["summary"] = "Asks less."
    entry["record"] |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site)


@attack(EDITED, "verify: letters")
def swapped_scan_before_a_reader(desk: Desk) -> Result:
    """The publisher puts another scan in the place of a letter's, before a reader who has no clone."""
    site = desk.site()
    site.replace("documents/scan.pdf", b"as it was sent", b"as we wish it were")
    site.sign(desk.scene.new)
    return desk.audit(site)


@attack(EDITED, "verify: index-rebuilt + verify: letters", shows=REBUILT)
def omitted_letter(desk: Desk) -> Result:
    """The publisher moves a letter to those that were removed, which leaves the log as it is."""
    site = desk.site()
    index = site.index
    entry = site.letter(SECOND, index)
    index["letters"].remove(entry)
    index["removed"].append({"key": f"letters/{SECOND}", "provenance": entry["provenance"]})
    index["removed"].sort(key=lambda entry: entry["key"])
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(EDITED, "verify: index-rebuilt")
def edited_stamp(desk: Desk) -> Result:
    """The publisher lets a letter have landed a month earlier than it did."""
    site = desk.site()
    index = site.index
    provenance = site.letter(FIRST, index)["provenance"]
    for stamp in (provenance["first"], provenance["revisions"][0]):
        stamp["landed_at"] = "2020-12-05T10:00:00Z"
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(EDITED, "verify: index-rebuilt")
def amendment_called_editorial(desk: Desk) -> Result:
    """The publisher calls an amendment editorial, so that readers of the feed never hear of it."""
    site = desk.site()
    index = site.index
    provenance = site.letter(FIRST, index)["provenance"]
    provenance["revisions"][1]["meaning"] = "editorial"
    provenance["changed"] = provenance["first"]
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(EDITED, "verify: index")
def dropped_tombstone(desk: Desk) -> Result:
    """The publisher drops what tells of a removed assessment, before a reader who has no clone."""
    site = desk.site()
    index = site.index
    index["removed"] = []
    site.put_index(index)
    site.sign(desk.scene.new)
    return desk.audit(site)


@attack(CONTRADICTED, "verify: index")
def index_with_two_meanings(desk: Desk) -> Result:
    """The publisher signs an index with one name twice: some readers take the first value, others the last."""
    site = desk.site()
    site.replace("index.json", b'{"archive":', b'{"archive":{"name":"Another archive"},"archive":')
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "verify: index")
def root_that_is_not_its_leaves(desk: Desk) -> Result:
    """The publisher signs an index and a checkpoint with the root of another log, to be kept by readers."""
    site = desk.site()
    index = site.index
    index["log"]["root"] = hashlib.sha256(b"another log").hexdigest()
    site.put_index(index)
    site.sign_checkpoint(desk.scene.new, index["log"])
    site.sign(desk.scene.new)
    return desk.audit(site)


@attack(CONTRADICTED, "verify: log")
def checkpoint_of_another_log(desk: Desk) -> Result:
    """The publisher shows the true index, and signs a checkpoint that some later log is to extend."""
    site = desk.site()
    site.sign_checkpoint(desk.scene.new, site.index["log"] | {"root": hashlib.sha256(b"another log").hexdigest()})
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "verify: log")
def second_signature_on_the_checkpoint(desk: Desk) -> Result:
    """A line is smuggled into the checkpoint that makes it one which a stranger seems to witness."""
    site = desk.site()
    note = Note.parse(site.read(checkpoint.PATH))
    other = Note.parse(checkpoint.sign(checkpoint.Checkpoint.parse(note.text), THIEF))
    site.write(checkpoint.PATH, Note(text=note.text, signatures=(*note.signatures, *other.signatures)).format())
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "verify: log")
def forged_tile(desk: Desk) -> Result:
    """The publisher forges a tile, from which readers without a clone would make their proofs."""
    site = desk.site()
    (path,) = (site.folder / "log/tile/0").rglob(str(site.index["log"]["size"]))
    name = path.relative_to(site.folder).as_posix()
    site.write(name, bytes(32) + site.read(name)[32:])
    site.sign(desk.scene.new)
    return desk.audit(site)


@attack(CONTRADICTED, "verify: files-rebuilt")
def edited_page(desk: Desk) -> Result:
    """The publisher leaves the index as it is, edits a page, and seals everything again."""
    site = desk.site()
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "verify: files-rebuilt")
def smuggled_page(desk: Desk) -> Result:
    """The publisher lists and signs a page that no letter of the archive gives."""
    site = desk.site()
    site.write("letters/2019-12-24-never-sent/index.html", b"<p>A letter that nobody wrote.")
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "verify: files-rebuilt + verify: letters", shows=("verify: files-rebuilt", "verify: letters"))
def swapped_scan(desk: Desk) -> Result:
    """The publisher puts another scan in the place of a letter's."""
    site = desk.site()
    site.replace("documents/scan.pdf", b"as it was sent", b"as we wish it were")
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "verify: files-rebuilt")
def pages_of_another_version(desk: Desk) -> Result:
    """The publisher edits a page and claims another version of Letterbook, so that nobody can render it again."""
    site = desk.site()
    index = site.index
    index["made_by"] = "letterbook 99.0.0"
    site.put_index(index)
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.sign(desk.scene.new)
    return desk.audit(site, clone=desk.scene.clone)


@attack(CONTRADICTED, "paths: published paths", shows="verify: files")
def path_out_of_the_publication(desk: Desk) -> Result:
    """The publisher lists a file outside the publication, and learns from the report what the auditor holds there."""
    site = desk.site()
    secret = desk.file("secret", b"the auditor's own")
    site.sign_sums(desk.scene.new)
    sums = site.read(SUMS) + f"{hashlib.sha256(secret.read_bytes()).hexdigest()}  ../secret\n".encode()
    lines = sorted(sums.splitlines(), key=lambda line: line[66:])
    site.write(SUMS, b"".join(line + b"\n" for line in lines))
    site.write(f"{SUMS}.sig", sshsig.sign(desk.scene.new, site.read(SUMS), "letterbook-files@v1"))
    return desk.audit(site)
