<TMPL_INCLUDE NAME="poternehead.tpl">
<TMPL_IF NAME="NONE">
<p><TMPL_VAR NAME="NONE" ESCAPE=HTML></p>
<TMPL_ELSE>
<p><TMPL_VAR NAME="STATE" ESCAPE=HTML></p>
<h2><TMPL_VAR NAME="poterne_replace_title" ESCAPE=HTML></h2>
<p><TMPL_VAR NAME="poterne_replace_text" ESCAPE=HTML></p>
<p><a id="poterne-new-phone" class="btn btn-primary" href="/poterne?do=phone"><TMPL_VAR NAME="poterne_replace_start" ESCAPE=HTML></a></p>
<h2><TMPL_VAR NAME="poterne_recovery_title" ESCAPE=HTML></h2>
<p><TMPL_VAR NAME="LEFT" ESCAPE=HTML></p>
<p><a id="poterne-new-recovery" class="btn btn-secondary" href="/poterne?do=recovery"><TMPL_VAR NAME="poterne_recovery_new" ESCAPE=HTML></a></p>
</TMPL_IF>
<p><a href="<TMPL_VAR NAME="BACK" ESCAPE=HTML>"><TMPL_VAR NAME="poterne_account_back" ESCAPE=HTML></a></p>
<TMPL_INCLUDE NAME="poternefoot.tpl">
