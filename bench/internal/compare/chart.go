package compare

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"example.com/socket/bench/internal/peer"
)

// The chart's measures, in pixels.
const (
	panelColumns = 3
	panelWidth   = 290
	labelWidth   = 62
	barWidth     = 130 // of the longest bar
	barHeight    = 14
	titleHeight  = 26
	panelGap     = 18
	headHeight   = 44
)

var barColours = map[string]string{
	peer.Ours: "#0969da", "net": "#8c959f", "x/sys": "#8c959f", "mdlayher": "#8c959f",
	"C": "#bf8700", "CPython": "#2da44e",
}

// WriteChart draws a small bar chart for each of the main works as an SVG picture.
// A bar is the time of an operation, a peer's as a multiple of ours: it is drawn
// from the ratio, which the machine's moods change less than the time.
func (r *Report) WriteChart(w io.Writer) error {
	var panels []Row
	bars := 0
	for _, row := range r.Rows {
		if row.chart {
			panels = append(panels, row)
			bars = max(bars, 1+len(row.Peers))
		}
	}
	lines := (len(panels) + panelColumns - 1) / panelColumns
	panelHeight := titleHeight + bars*barHeight + panelGap
	var b strings.Builder
	width, height := panelColumns*panelWidth+panelGap, headHeight+lines*panelHeight
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" `+
		`font-family="sans-serif" font-size="11" fill="#1f2328">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="6" fill="#ffffff"/>`+"\n", width, height)
	text(&b, panelGap, 20, `font-size="13" font-weight="bold"`, "Time of an operation, the peers' as a multiple of socket's; shorter is better")
	text(&b, panelGap, 35, `fill="#59636e"`, fmt.Sprintf("%s, %s, %s, median of %d rounds", r.Date, r.Go, r.Machine, r.Rounds))
	for i, row := range panels {
		x := panelGap + i%panelColumns*panelWidth
		y := headHeight + i/panelColumns*panelHeight
		row.draw(&b, x, y)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (row Row) draw(b *strings.Builder, x, y int) {
	text(b, x, y+titleHeight-8, `font-weight="bold"`, row.Work[:1]+"  "+row.Name)
	longest := 1.0
	for _, p := range row.Peers {
		longest = max(longest, p.times())
	}
	y += titleHeight
	for _, name := range peerNames {
		times, label := 1.0, row.unit(row.Ours.Median)
		if name != peer.Ours {
			if times = row.Peers[name].times(); times == 0 {
				continue
			}
			label = fmt.Sprintf("× %.2f", times)
		}
		bar(b, x, y, barWidth*times/longest, name, label)
		y += barHeight
	}
}

// times is theirs/ours, 0 if it isn't known.
func (r Ratio) times() float64 {
	if r.Ratio == nil || *r.Ratio == 0 {
		return 0
	}
	return 1 / *r.Ratio
}

func bar(b *strings.Builder, x, y int, width float64, name, label string) {
	text(b, x, y+barHeight-4, "", name)
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n",
		x+labelWidth, y+1, width, barHeight-3, barColours[name])
	text(b, x+labelWidth+int(width)+5, y+barHeight-4, "", label)
}

// text writes a line of text, whatever is in it.
func text(b *strings.Builder, x, y int, attributes, s string) {
	fmt.Fprintf(b, `<text x="%d" y="%d" %s>`, x, y, attributes)
	xml.EscapeText(b, []byte(s))
	b.WriteString("</text>\n")
}
