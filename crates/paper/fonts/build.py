#!/usr/bin/env python3
"""Make the paper edition's fonts from Vazirmatn: build_fonts.py SRC_DIR OUT_DIR

The letters look as in Vazirmatn. What changes is how written characters become
glyphs, so that the text taken out of the PDF is the text that was put in:

1. A ligature of letters (lam-alef, Allah) is no longer one glyph standing for
   several characters, which pdftotext turns round. Each character has its glyph;
   the first one carries the whole drawing, the others are blank.
2. ZWNJ and the direction marks are blank glyphs of their own. Otherwise the
   shaper drops them and their character sticks to the next letter.
3. A vowel mark is drawn at its place above or below each kind of letter by a
   glyph made for that place. Otherwise it is moved there from elsewhere, and
   Typst cuts the word at a glyph that is moved up or down.

The family is called "Vazirmatn Paper": SIL OFL 1.1 like Vazirmatn, which
reserves no font name. The output depends on the input alone.
"""
import json
import sys
from pathlib import Path

from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables import otTables as ot
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

FAMILY = "Vazirmatn Paper"
WEIGHTS = ["Light", "Regular", "Bold"]
BODY = 2500  # units of the em; Vazirmatn's has 2048
STEP_X, STEP_Y = 32, 48  # marks sit on a grid as fine as this, in 1/2048 em
# code point: (glyph, shift). A direction mark has no width, and stands a hair
# before its place, so that a reader that sorts by place has an order to go by.
INVISIBLE = {
    0x200B: ("zwsp.own", 0), 0x200C: ("zwnj.own", 0), 0x200D: ("zwj.own", 0), 0x200E: ("lrm.own", -8),
    0x200F: ("rlm.own", -8), 0x061C: ("alm.own", -8), 0x202A: ("lre.own", 0),
    0x202B: ("rle.own", 0), 0x202C: ("pdf.own", 0), 0x202D: ("lro.own", 0),
    0x202E: ("rlo.own", 0), 0x2066: ("lri.own", 0), 0x2067: ("rli.own", 0),
    0x2068: ("fsi.own", 0), 0x2069: ("pdi.own", 0), 0x2060: ("wj.own", 0),
    # the template parts columns with it (edition.typ: wall)
    0x2063: ("wall.own", 0),
}
WIDE = 0x2063  # has the width of a quarter of an em
ABOVE = """uni064B uni064C uni064E uni064F uni0651 uni0652 uni0653 uni0654 uni0670 uni0651064B uni0651064C
 uni0651064E uni0651064F uni064B0651 uni064E0651 uni0654064E uni0654064F""".split()
BELOW = "uni064D uni0650 uni0655".split()


def inner(subtable):
    return getattr(subtable, "ExtSubTable", subtable)


def kind(subtable):
    return type(subtable).__name__


def anchor_at(x, y):
    a = ot.Anchor()
    a.Format, a.XCoordinate, a.YCoordinate = 1, x, y
    return a


class Builder:
    def __init__(self, path):
        self.font = TTFont(path, recalcTimestamp=False)
        self.glyf, self.hmtx = self.font["glyf"], self.font["hmtx"]
        self.gsub, self.gpos = self.font["GSUB"].table, self.font["GPOS"].table
        self.classes = self.font["GDEF"].table.GlyphClassDef.classDefs
        self.order = list(self.font.getGlyphOrder())
        self.index = {g: i for i, g in enumerate(self.order)}

    # glyphs
    def add(self, name, glyph, advance, klass):
        assert name not in self.index, name
        self.index[name] = len(self.order)
        self.order.append(name)
        self.glyf.glyphs[name] = glyph
        left = 0
        if glyph.numberOfContours:
            c = glyph.components[0]
            left = self.glyf.glyphs[c.glyphName].xMin + c.x
        self.hmtx[name] = (advance, left)
        self.classes[name] = klass
        return name

    def blank(self, name, advance, klass=1):
        g = Glyph()
        g.numberOfContours = 0
        return self.add(name, g, advance, klass)

    def moved(self, name, of, dx, dy, advance, klass):
        c = GlyphComponent()
        c.glyphName, c.x, c.y, c.flags = of, dx, dy, 0x0002 | 0x0004
        g = Glyph()
        g.numberOfContours, g.components = -1, [c]
        self.glyf.glyphs[of].expand(self.glyf)
        return self.add(name, g, advance, klass)

    # lookups
    def coverage(self, glyphs, table=ot.Coverage):
        c = table()
        c.glyphs = sorted(set(glyphs), key=self.index.__getitem__)
        return c

    def lookup(self, kind_of, flag, subtables, table=None):
        lk, ll = ot.Lookup(), (table or self.gsub).LookupList
        lk.LookupType, lk.LookupFlag, lk.SubTable, lk.SubTableCount = kind_of, flag, subtables, len(subtables)
        ll.Lookup.append(lk)
        ll.LookupCount = len(ll.Lookup)
        return ll.LookupCount - 1

    def single(self, mapping, flag=0):
        s = ot.SingleSubst()
        s.mapping = dict(mapping)
        return self.lookup(1, flag, [s])

    def chain(self, before, inputs, actions):
        s = ot.ChainContextSubst()
        s.Format = 3
        s.BacktrackCoverage = [self.coverage(g) for g in before]
        s.InputCoverage = [self.coverage(g) for g in inputs]
        s.LookAheadCoverage = []
        s.BacktrackGlyphCount, s.InputGlyphCount, s.LookAheadGlyphCount = len(before), len(inputs), 0
        s.SubstLookupRecord = []
        for at, lk in actions:
            r = ot.SubstLookupRecord()
            r.SequenceIndex, r.LookupListIndex = at, lk
            s.SubstLookupRecord.append(r)
        s.SubstCount = len(actions)
        return s

    def feature(self, tag, lookups, script=None, table=None):
        """Adds lookups to a feature of every language of a script, or of all."""
        table = table or self.gsub
        fl, new = table.FeatureList, None
        for sr in table.ScriptList.ScriptRecord:
            if script and sr.ScriptTag != script:
                continue
            for ls in filter(None, [sr.Script.DefaultLangSys] + [r.LangSys for r in sr.Script.LangSysRecord]):
                own = [i for i in ls.FeatureIndex if fl.FeatureRecord[i].FeatureTag == tag]
                for i in own:
                    f = fl.FeatureRecord[i].Feature
                    f.LookupListIndex = sorted(set(f.LookupListIndex) | set(lookups))
                    f.LookupCount = len(f.LookupListIndex)
                if not own:
                    if new is None:
                        fr = ot.FeatureRecord()
                        fr.FeatureTag, fr.Feature = tag, ot.Feature()
                        fr.Feature.FeatureParams = None
                        fr.Feature.LookupListIndex, fr.Feature.LookupCount = sorted(lookups), len(lookups)
                        fl.FeatureRecord.append(fr)
                        fl.FeatureCount = len(fl.FeatureRecord)
                        new = fl.FeatureCount - 1
                    ls.FeatureIndex.append(new)
                    ls.FeatureCount = len(ls.FeatureIndex)

    # 1
    def ligatures(self):
        found = []
        for lk in self.gsub.LookupList.Lookup:
            for st in map(inner, lk.SubTable):
                if kind(st) != "LigatureSubst":
                    continue
                for first in list(st.ligatures):
                    rest = []
                    for lig in st.ligatures[first]:
                        parts = [first] + lig.Component
                        lam = len(parts) == 2 and (first in ("uniFEDF", "uniFEE0") or first.startswith("uni06B5."))
                        if lam or lig.LigGlyph == "uniFDF2":
                            found.append((parts, lig.LigGlyph))
                        else:
                            rest.append(lig)
                    st.ligatures[first] = rest
                    if not rest:
                        del st.ligatures[first]
        anchors = {}
        for st in self.positions("MarkLigPos"):
            which = "below" if "uni0650" in st.MarkCoverage.glyphs else "above"
            for g, attach in zip(st.LigatureCoverage.glyphs, st.LigatureArray.LigatureAttach):
                anchors[g, which] = [c.LigatureAnchor[0] for c in attach.ComponentRecord]
        # lam-alef joins over vowel marks (lookup flag 9), Allah only without any (flag 1)
        chains, bases, firsts, lasts = {9: [], 1: []}, {"above": {}, "below": {}}, {}, {}
        for parts, lig in sorted(found, key=lambda f: (-len(f[0]), f)):
            total = self.hmtx[lig][0]
            share = total // len(parts)
            rest = share * (len(parts) - 1)
            names = [self.moved(f"{lig}.first", lig, -rest, 0, total - rest, 1)]
            for n in range(1, len(parts)):
                names.append(self.blank(f"{lig}.part{n + 1}", share))
            actions = [(n, self.single({p: new})) for n, (p, new) in enumerate(zip(parts, names))]
            chains[9 if len(parts) == 2 else 1].append(self.chain([], [[p] for p in parts], actions))
            firsts[lig], lasts[lig] = names[0], names[-1]
            for which in bases:
                got = anchors.get((lig, which), [])
                for n, a in enumerate(got):
                    if a is not None and len(got) == len(parts):
                        shift = -rest if n == 0 else -share * (len(parts) - 1 - n)
                        bases[which][names[n]] = anchor_at(a.XCoordinate + shift, a.YCoordinate)
        self.feature("rlig", [self.lookup(6, flag, c) for flag, c in chains.items()], "arab")
        # rules that looked at the ligature look at its first or last glyph
        for table in (self.gsub, self.gpos):
            for lk in table.LookupList.Lookup:
                for st in map(inner, lk.SubTable):
                    for attr, names in (("BacktrackCoverage", lasts), ("InputCoverage", firsts), ("LookAheadCoverage", firsts)):
                        covs = getattr(st, attr, None)
                        if isinstance(covs, list):
                            for c in covs:
                                c.glyphs = self.coverage(c.glyphs + [names[g] for g in c.glyphs if g in names]).glyphs
                    if kind(st) == "SinglePos":
                        have = list(zip(st.Coverage.glyphs, st.Value if st.Format == 2 else [st.Value] * len(st.Coverage.glyphs)))
                        have += [(firsts[g], v) for g, v in have if g in firsts]
                        have.sort(key=lambda h: self.index[h[0]])
                        st.Coverage.glyphs = [g for g, _ in have]
                        if st.Format == 2:
                            st.Value, st.ValueCount = [v for _, v in have], len(have)
        return bases

    def positions(self, name):
        return [st for lk in self.gpos.LookupList.Lookup for st in map(inner, lk.SubTable) if kind(st) == name]

    # 2
    def invisibles(self):
        cmap, mapping, shifts = self.font.getBestCmap(), {}, {}
        for cp, (name, shift) in INVISIBLE.items():
            own = cmap.get(cp)
            if own is None or own in (cmap[0x20], cmap[0xA0]) or own in mapping:
                own = self.blank(name + ".in", 0)
                for t in self.font["cmap"].tables:
                    if t.isUnicode():
                        t.cmap[cp] = own
            mapping[own] = self.blank(name, BODY // 4 if cp == WIDE else 0)
            shifts[mapping[own]] = shift
        self.feature("ccmp", [self.single(mapping)])
        back = [g for g, x in shifts.items() if x]
        # at the end of a line Typst takes a mark's own shift away, so the numbers,
        # Latin letters and signs that a mark can follow are moved as much the other way
        ahead = {g for cp, g in cmap.items() if not self.arabic(cp) and g not in mapping}
        for lk in self.gsub.LookupList.Lookup:
            for st in map(inner, lk.SubTable):
                if kind(st) == "SingleSubst":
                    ahead |= {b for a, b in st.mapping.items() if a in ahead and b not in shifts}
                elif kind(st) == "LigatureSubst":
                    ahead |= {x.LigGlyph for a, ligs in st.ligatures.items() for x in ligs if a in ahead and a != cmap[0x20]}
        ahead = {g for g in ahead if self.classes.get(g) != 3 and self.hmtx[g][0] > 0} - {cmap[0x20], cmap[0xA0]}
        tables = []
        for glyphs, shift in ((back, -8), (sorted(ahead), 8)):
            pos = ot.SinglePos()
            pos.Format, pos.ValueFormat = 1, 1
            pos.Coverage = self.coverage(glyphs)
            pos.Value = ot.ValueRecord()
            pos.Value.XPlacement = shift
            tables.append(pos)
        self.feature("dist", [self.lookup(1, 0, tables, self.gpos)], table=self.gpos)

    def arabic(self, cp):
        """A letter or mark of the Arabic script: one that no direction mark follows."""
        if 0x0660 <= cp <= 0x066C or 0x06F0 <= cp <= 0x06F9 or cp in (0x060C, 0x061B, 0x061F, 0x06D4):
            return False
        return 0x0600 <= cp <= 0x08FF or 0xFB50 <= cp <= 0xFDFF or 0xFE70 <= cp <= 0xFEFC

    # 3
    def marks(self, new_bases):
        chains = []
        for which, wanted in (("above", ABOVE), ("below", BELOW)):
            base = next(s for s in self.positions("MarkBasePos") if wanted[1] in s.MarkCoverage.glyphs)
            on = next(s for s in self.positions("MarkMarkPos") if wanted[1] in s.Mark1Coverage.glyphs)
            records = dict(zip(base.BaseCoverage.glyphs, base.BaseArray.BaseRecord))
            for g, a in new_bases[which].items():
                records[g] = ot.BaseRecord()
                records[g].BaseAnchor = [a]
            base.BaseCoverage = self.coverage(records, type(base.BaseCoverage))
            base.BaseArray.BaseRecord = [records[g] for g in base.BaseCoverage.glyphs]
            base.BaseArray.BaseCount = len(records)
            places = {}
            for g in base.BaseCoverage.glyphs:
                a = records[g].BaseAnchor[0]
                if a is not None and self.classes.get(g) != 3:
                    places.setdefault((round(a.XCoordinate / STEP_X) * STEP_X, round(a.YCoordinate / STEP_Y) * STEP_Y), []).append(g)
            anchors = {g: r.MarkAnchor for g, r in zip(base.MarkCoverage.glyphs, base.MarkArray.MarkRecord)}
            seconds = dict(zip(on.Mark2Coverage.glyphs, on.Mark2Array.Mark2Record))
            for n, (x, y) in enumerate(sorted(places)):
                subst = {}
                for m in wanted:
                    if m not in anchors:
                        continue
                    dx, dy = x - anchors[m].XCoordinate, y - anchors[m].YCoordinate
                    subst[m] = self.moved(f"{m}.{which[0]}{n}", m, dx, dy, 0, 3)
                    under = seconds.get(m)
                    if under and under.Mark2Anchor[0] is not None:
                        r = ot.Mark2Record()
                        r.Mark2Anchor = [anchor_at(under.Mark2Anchor[0].XCoordinate + dx, under.Mark2Anchor[0].YCoordinate + dy)]
                        seconds[subst[m]] = r
                chains.append(self.chain([places[x, y]], [list(subst)], [(0, self.single(subst))]))
            on.Mark2Coverage = self.coverage(seconds, type(on.Mark2Coverage))
            on.Mark2Array.Mark2Record = [seconds[g] for g in on.Mark2Coverage.glyphs]
            on.Mark2Array.Mark2Count = len(seconds)
        self.feature("mset", [self.lookup(6, 0, chains)], "arab")

    def rename(self, weight):
        names = self.font["name"]
        names.names = [r for r in names.names if r.nameID not in (16, 17, 21, 22, 25) and r.platformID == 3]
        plain = weight in ("Regular", "Bold")
        for n, text in {
            1: FAMILY if plain else f"{FAMILY} {weight}", 2: weight if plain else "Regular",
            3: f"{FAMILY} {weight}, made from Vazirmatn", 4: f"{FAMILY} {weight}",
            6: f"{FAMILY.replace(' ', '')}-{weight}", 16: FAMILY, 17: weight,
        }.items():
            names.setName(text, n, 3, 1, 0x409)

    def build(self, weight, out):
        bases = self.ligatures()
        self.invisibles()
        self.marks(bases)
        self.rename(weight)
        # the same drawings on a larger body: a line pitch that suits Persian is
        # then less than one and a half times the nominal size, which is the most
        # that pdftotext takes for lines of one block
        self.font["head"].unitsPerEm = BODY
        self.font.setGlyphOrder(self.order)
        self.glyf.glyphOrder = self.order
        post = newTable("post")
        old = self.font["post"]
        for k in ("italicAngle", "underlinePosition", "underlineThickness", "isFixedPitch", "minMemType42", "maxMemType42", "minMemType1", "maxMemType1"):
            setattr(post, k, getattr(old, k))
        post.formatType = 3.0
        self.font["post"] = post
        self.font.save(out)


def main(src, out):
    Path(out).mkdir(parents=True, exist_ok=True)
    covered = None
    for weight in WEIGHTS:
        dest = Path(out) / f"VazirmatnPaper-{weight}.ttf"
        Builder(Path(src) / f"Vazirmatn-{weight}.ttf").build(weight, dest)
        has = set(TTFont(dest).getBestCmap())
        covered = has if covered is None else covered & has
        print(dest, dest.stat().st_size)
    runs = []
    for c in sorted(covered):
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    (Path(out).parent / "coverage.json").write_text(json.dumps(runs, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
