"""What only the end of an image shows, and in which order; what the CRC covers."""

from hxe_support import TABLE, VALUES, Entry, LoaderTest, build, outcome_of, sealed


class End(LoaderTest):
    def test_too_small(self) -> None:
        for version in (1, 2):
            for length in (0, 1, 5, 6, 31):
                self.expect_at_end(build(version=version)[:length], "too_small")

    def test_header_truncated(self) -> None:
        for length in (32, 33, 95):
            self.expect_at_end(build()[:length], "header_truncated")

    def test_crc_mismatch(self) -> None:
        for version in (1, 2):
            self.expect_at_end(build(version=version, crc32=0), "crc_mismatch")

    def test_truncated(self) -> None:
        for version, size in ((1, 32), (2, 96)):
            image = build(b"abcd", b"efgh", version=version)
            for length in range(size, size + 8):
                self.expect_at_end(sealed(image[:length]), "truncated")

    def test_table_outside(self) -> None:
        unknown = [Entry(9, 96, 0, 0), Entry(9, 96, 0, 0)]
        image = build(table=unknown)
        for length in (TABLE, TABLE + 1, TABLE + 16, TABLE + 31):
            self.expect_at_end(sealed(image[:length]), "table_outside")
        self.accepted(image)
        self.expect_at_end(build(meta_offset=0xFFFF_FFFF, meta_count=0xFFFF_FFFF), "table_outside")

    def test_section_outside(self) -> None:
        """Of an unknown kind, too; and of size 0."""
        for entry in (
            Entry(VALUES, TABLE + 16, 1, 0),
            Entry(9, TABLE + 17, 0, 0),
            Entry(9, 96, 0xFFFF_FFFF, 0),
            Entry(9, 0xFFFF_FFFF, 0xFFFF_FFFF, 0),
        ):
            self.expect_at_end(build(table=[entry]), "section_outside")
        self.accepted(build(table=[Entry(9, TABLE + 16, 0, 0)]))

    def test_order(self) -> None:
        """Each image has all that follows wrong as well."""
        image = build(b"abcd", table=[Entry(9, 999, 0, 0)], crc32=0)
        self.expect_at_end(image[:20], "too_small")
        self.expect_at_end(image[:90], "header_truncated")
        self.expect_at_end(image[:98], "crc_mismatch")
        self.expect_at_end(sealed(image[:98]), "truncated")
        self.expect_at_end(sealed(image[:TABLE]), "table_outside")
        self.expect_at_end(sealed(image), "section_outside")

    def test_trailing_bytes_are_no_part_of_anything(self) -> None:
        for version in (1, 2):
            outcome = self.accepted(build(b"abcd", b"efgh", version=version, body=b"more"))
            self.assertEqual((outcome["code"], outcome["rodata"]), (b"abcd".hex(), b"efgh".hex()))


class Crc(LoaderTest):
    def covered(self, image: bytes, at: int) -> bool:
        """Whether another value of this byte, which is good in itself, is noticed."""
        spoilt = image[:at] + bytes([image[at] ^ 1]) + image[at + 1 :]
        return outcome_of("reference", spoilt).get("error") == "crc_mismatch"

    def test_covers_all_but_itself_and_the_extension(self) -> None:
        image = build(b"abcdefgh", b"ijkl", entry=4, app_name=b"name", meta_offset=120, body=b"trailing")
        for at in (7, 25, 27, 96, 103, 104, 107, 108, len(image) - 1):
            self.assertTrue(self.covered(image, at), at)
        for at in (32, 35, 67, 71):
            self.assertFalse(self.covered(image, at), at)
        self.assertTrue(self.covered(image, 28))  # the CRC itself

    def test_version_1_has_no_gap(self) -> None:
        image = build(b"x" * 64, version=1)
        for at in (7, 27, 32, 64, 95):
            self.assertTrue(self.covered(image, at), at)
