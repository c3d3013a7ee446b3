from app.simulator.embedded import EmbeddedSimulator
from app.simulator.server import RunningSimulator, running
from app.simulator.simulator import SeenRequest, Simulator

__all__ = ["EmbeddedSimulator", "RunningSimulator", "SeenRequest", "Simulator", "running"]
