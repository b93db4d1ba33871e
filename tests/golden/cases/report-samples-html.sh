"$NGXERR" report --utc -f html "$samples/error.log" > page.html
echo "--- as any parser of XML reads it"
python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse("page.html").getroot()
tags = {element.tag.rpartition("}")[2] for element in root.iter()}
print(*sorted(tags))
headings = {element.get("id") for element in root.iter() if element.tag.endswith("}h3")}
links = [element.get("href") for element in root.iter() if element.tag.endswith("}a")]
inside = [link[1:] for link in links if link.startswith("#")]
print(len(inside), "links within the page, to headings:", set(inside) == headings)
' 2>&1
echo "--- explain"
echo "1 upstream timed out (110: Connection timed out) while reading response header from upstream" | "$NGXERR" explain -f html
