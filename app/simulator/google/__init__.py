from app.simulator.google.api import GoogleApi

__all__ = ["GoogleApi"]
