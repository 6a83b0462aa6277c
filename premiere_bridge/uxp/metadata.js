"use strict";
// The columns of the Project panel, as the packet that Premiere takes them in.

const SPACE = "http://ns.adobe.com/premierePrivateProjectMetaData/1.0/";
const COLUMNS = [
  "Column.Intrinsic.LogNote",
  "Column.PropertyText.Description",
  "Column.PropertyText.Scene",
  "Column.PropertyText.Shot",
];

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(text) {
  const sayable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ");
  return sayable.replace(/[&<>]/g, (letter) => ESCAPES[letter]);
}

function projectXmp(clip) {
  const values = [clip.log_note, clip.description, clip.scene, clip.shot];
  const fields = COLUMNS.map(
    (column, index) => `<p:${column}>${escaped(values[index] || "")}</p:${column}>`,
  ).join("");
  return (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>' +
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    `<rdf:Description rdf:about="" xmlns:p="${SPACE}">${fields}</rdf:Description>` +
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
  );
}

module.exports = { COLUMNS, projectXmp };
