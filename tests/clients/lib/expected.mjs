// What the demo catalog says, in the forms of the platform.

export const GREEN = [
  "www.example.com", "bakery.example.com", "library.example.org", "clinic.example.net", "studio.example.com",
  "atelier.example.com", "orchard.example.org", "beekeeper.example.net", "press.example.org", "oatmill.example.com",
  "blog.example.net", "festival.example.com", "harbour.example.net", "chess.example.org",
];

export const GREY = [
  "copycat.example.net", "forger.example.org", "claim.example.net", "museum.example.org", "tannery.example.com",
  "pottery.example.net", "newsroom.example.com", "carpenter.example.org",
];

/** UTC without a zone, with microseconds unless they are zero. */
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/;

/** The nine keys of a green check in their order, without the time. */
export const FERNWIND = [
  ["url", "www.example.com"],
  ["hosted_by", "Fernwind Hosting"],
  ["hosted_by_website", "https://fernwind.example.com"],
  ["listed_provider", true],
  ["partner", "Partner"],
  ["green", true],
  ["hosted_by_id", 9000001],
  ["modified", undefined],
  ["supporting_documents", [
    {
      id: 2,
      title: "Annual energy report 2025",
      link: "https://fernwind.example.com/evidence/report-2025.pdf",
    },
    {
      id: 1,
      title: "Guarantees of origin 2026",
      link: "https://fernwind.example.com/evidence/origin-2026.pdf",
    },
  ]],
];

/** The eight keys of a grey row among many, without the time. */
export const GREY_ROW = [
  ["url", "carpenter.example.org"],
  ["hosted_by", null],
  ["hosted_by_website", null],
  ["listed_provider", false],
  ["partner", null],
  ["green", false],
  ["hosted_by_id", null],
  ["modified", undefined],
];

/** The four keys of a single check that is grey, without the time. */
export const GREY_CHECK = [["green", false], ["url", "carpenter.example.org"], ["data", false], ["modified", undefined]];

/** The pairs of an object in their order, and its time apart. */
export function pairs(object) {
  const { modified } = object;
  return { modified, pairs: Object.entries(object).map(([key, value]) => [key, key === "modified" ? undefined : value]) };
}
