// A calendar entry (RFC 5545) for the moment that the service named.

import { t } from "./words.js";

const LONGEST = 60; // octets a line, below the 75 of the standard

const escaped = (text) => text.replace(/[\\;,]/g, "\\$&").replace(/\n/g, "\\n");

const utc = (moment) => new Date(moment).toISOString().replace(/[-:]|\.\d+/g, "");

// Lines are folded between characters, never within the octets of one.
function folded(line) {
  const parts = [];
  let part = "";
  let size = 0;
  for (const character of line) {
    const octets = new TextEncoder().encode(character).length;
    if (size + octets > LONGEST) {
      parts.push(part);
      part = "";
      size = 0;
    }
    part += character;
    size += octets;
  }
  return [...parts, part].join("\r\n ");
}

export function calendarFile(target, { due_at: due }) {
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Beizeng//Policy calculator//ZH", "BEGIN:VEVENT",
    `UID:${target.id}-${utc(due)}@beizeng`, `DTSTAMP:${utc(Date.now())}`, `DTSTART:${utc(due)}`, `DTEND:${utc(due)}`,
    `SUMMARY:${escaped(t("ics_summary", { what: target.what }))}`, `DESCRIPTION:${escaped(t("runs_from", { from: target.runs_from, to: target.ends_with }))}`,
    `LOCATION:${escaped(target.units.join(t("comma")))}`, "END:VEVENT", "END:VCALENDAR",
  ];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}
