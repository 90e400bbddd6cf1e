package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// The columns of the front page: a margin, the labels and the texts. Together
// they fill a page of A4.
const (
	coverLabelCol, coverTextCol = 2, 3
	marginWidth                 = 2
	coverLabelWidth             = 28
	coverTextWidth              = 66
)

// titleWidth is how many characters of the title fit on a line.
const titleWidth = 40

// cover lays out the front page. What is to be filled in is tinted and
// unlocked.
func (b *book) cover() error {
	for col, width := range map[string]float64{"A": marginWidth, "B": coverLabelWidth, "C": coverTextWidth} {
		if err := b.f.SetColWidth(coverName, col, col, width); err != nil {
			return err
		}
	}
	row := 1
	b.coverHeight = 0
	if banner := b.doc.Cover.Banner; banner != "" {
		if err := b.across(row, banner, b.styles.banner, 26*float64(lines(banner, 60))); err != nil {
			return err
		}
		row += 2
	}
	if err := b.across(row, b.doc.Title, b.styles.coverTitle, 42*float64(lines(b.doc.Title, titleWidth))); err != nil {
		return err
	}
	row += 2
	blocks := append(b.doc.Cover.Blocks[:len(b.doc.Cover.Blocks):len(b.doc.Cover.Blocks)], b.leftOut(), b.aboutWorkbook())
	for _, block := range blocks {
		if len(block.Fields) == 0 {
			continue
		}
		if err := b.across(row, block.Title, b.styles.block, 24); err != nil {
			return err
		}
		row++
		for i := range block.Fields {
			if err := b.field(row, block.Title, &block.Fields[i]); err != nil {
				return err
			}
			row++
		}
		row++
	}
	return b.frontPage()
}

// shrinkable is how high a front page may be, in points, to be printed on one
// page and still be read.
const shrinkable = 1300

// frontPage sets the cover's view and paper.
func (b *book) frontPage() error {
	if err := b.hideGrid(coverName); err != nil {
		return err
	}
	if err := b.paper(coverName, "portrait", paperA4); err != nil {
		return err
	}
	if one := 1; b.coverHeight <= shrinkable {
		return b.f.SetPageLayout(coverName, &excelize.PageLayoutOptions{FitToHeight: &one})
	}
	return nil
}

// coverRow sets the height of a row of the front page.
func (b *book) coverRow(row int, height float64) error {
	height = min(height, maxHeight)
	b.coverHeight += height
	return b.f.SetRowHeight(coverName, row, height)
}

// across writes a text over both columns.
func (b *book) across(row int, text string, style int, height float64) error {
	if err := b.setText(coverName, coverLabelCol, row, text, style); err != nil {
		return err
	}
	if err := b.setText(coverName, coverTextCol, row, "", style); err != nil {
		return err
	}
	if err := b.f.MergeCell(coverName, cellName(coverLabelCol, row), cellName(coverTextCol, row)); err != nil {
		return err
	}
	return b.coverRow(row, height)
}

// field writes a labelled value.
func (b *book) field(row int, block string, f *reports.Field) error {
	style := b.styles.coverText
	switch {
	case f.FillIn:
		style = b.styles.fillIn
	case f.Style != reports.Plain:
		style = b.styles.coverWords[f.Style]
	}
	if err := b.setText(coverName, coverLabelCol, row, f.Label, b.styles.coverLabel); err != nil {
		return err
	}
	if err := b.setText(coverName, coverTextCol, row, f.Text, style); err != nil {
		return err
	}
	width := coverTextWidth
	if f.Style != reports.Plain {
		width -= width / 6 // bold runs wider
	}
	n := max(lines(f.Label, coverLabelWidth), lines(f.Text, width))
	if err := b.coverRow(row, float64(n)*lineHeight+3); err != nil {
		return err
	}
	if f.FillIn && len(f.Choices) > 0 {
		cell := cellName(coverTextCol, row)
		return b.oneOf(coverName, cell, block+": "+f.Label, f.Choices)
	}
	return nil
}

// leftOut names the sheets that have no rows, with the reason.
func (b *book) leftOut() reports.CoverBlock {
	block := reports.CoverBlock{Title: b.doc.Say("Not applicable in this run")}
	for _, p := range b.places {
		if len(p.names) == 0 && !p.chart {
			block.Fields = append(block.Fields, reports.Field{Label: p.sheet.Name, Text: p.sheet.Empty})
		}
	}
	return block
}

// aboutWorkbook says what a reader should know of the file itself.
func (b *book) aboutWorkbook() reports.CoverBlock {
	return reports.CoverBlock{Title: b.doc.Say("About this workbook"), Fields: []reports.Field{
		{Label: b.doc.Say("Tinted cells"), Text: b.doc.Say(protectionNote)},
		{Label: b.doc.Say("Hidden sheets"), Text: b.doc.Say("Only Lists, which holds what tinted cells may be filled in with. There are no macros, no formulas and no links out of the workbook.")},
	}}
}
