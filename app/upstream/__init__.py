from app.upstream.client import Upstream as Upstream
from app.upstream.client import UpstreamAnswer as UpstreamAnswer
