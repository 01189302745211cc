"""The report: one HTML file of results, in English or Vietnamese, that stands by itself and prints well."""

from eipsim.report.opening import open_source
from eipsim.report.writing import report_of, write_report

__all__ = ["open_source", "report_of", "write_report"]
