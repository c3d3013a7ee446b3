from app.cli.doctor.examination import examine as examine
from app.cli.doctor.findings import Finding as Finding
from app.cli.doctor.findings import Verdict as Verdict
